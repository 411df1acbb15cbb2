/** Stands in for cadvisor, kube-state-metrics and k6: serves fixtures with the names and labels that they document. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScrapeJob } from './prometheus.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
/** Counters go on as if what the fixtures say had come together in this time. */
const COUNTED_SECONDS = 1000;

/** Exporter → the job that kube-prometheus-stack scrapes it as. */
const EXPORTERS = {
  cadvisor: { job: 'kubelet' },
  'kube-state-metrics': { job: 'kube-state-metrics' },
  // k6 writes to Prometheus itself, so nothing adds the labels of a scrape.
  k6: { job: 'k6', without: ['job', 'instance'] },
} as const satisfies Record<string, { job: string; without?: readonly string[] }>;

export interface Exporters {
  readonly jobs: readonly ScrapeJob[];
  stop(): Promise<void>;
}

export function startExporters(): Exporters {
  const startedAt = performance.now();
  const names = Object.keys(EXPORTERS) as (keyof typeof EXPORTERS)[];
  const texts = new Map(
    names.map((name) => [`/${name}`, readFileSync(join(FIXTURES, `${name}.prom`), 'utf8')]),
  );
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const text = texts.get(new URL(request.url).pathname);
      if (text === undefined) return new Response('', { status: 404 });
      const growth = 1 + (performance.now() - startedAt) / 1000 / COUNTED_SECONDS;
      return new Response(withGrownCounters(text, growth), {
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      });
    },
  });
  return {
    jobs: names.map((name) => ({
      ...EXPORTERS[name],
      name: EXPORTERS[name].job,
      path: `/${name}`,
      targets: [{ address: `127.0.0.1:${server.port}` }],
    })),
    stop: () => server.stop(true),
  };
}

function withGrownCounters(text: string, growth: number): string {
  let grows = false;
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('# TYPE ')) grows = /(counter|histogram)$/.test(line);
      const at = line.lastIndexOf(' ');
      if (!grows || line === '' || line.startsWith('#')) return line;
      return `${line.slice(0, at)} ${Number(line.slice(at + 1)) * growth}`;
    })
    .join('\n');
}
