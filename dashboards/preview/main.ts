/** Writes the boards as one HTML page from a running Prometheus: PROMETHEUS, MINUTES, RATE_SECONDS, OUT. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { askAll } from './answers.ts';
import { renderPage } from './page.ts';

const prometheus = process.env['PROMETHEUS'] || 'http://127.0.0.1:9090';
const minutes = positive('MINUTES', 60);
const rateSeconds = positive('RATE_SECONDS', 120);
const out = resolve(process.env['OUT'] || 'results/dashboards.html');

try {
  const data = await askAll(prometheus, { end: Date.now() / 1000, minutes, rateSeconds });
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, await renderPage(data));
  console.log(out);
} catch (error) {
  console.error(
    `No preview from PROMETHEUS=${prometheus}: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}

function positive(name: string, otherwise: number): number {
  const value = Number(process.env[name] || otherwise);
  if (value > 0) return value;
  console.error(`${name} is "${process.env[name]}"; give it a number above 0.`);
  process.exit(1);
}
