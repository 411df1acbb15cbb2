/** Everything that the boards look at, running and scraped: services, exporters and Prometheus with the rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startExporters } from './exporters.ts';
import { startPrometheus } from './prometheus.ts';
import type { Prometheus } from './prometheus.ts';
import { readRuleFile } from './queries.ts';
import { API_KEY, startServices } from './services.ts';
import type { InstanceName, Services } from './services.ts';
import { JOB } from './variables.ts';

/** Pods that the fixtures of the exporters know. */
const PODS: Readonly<Record<InstanceName, string>> = {
  pooled: 'stt-service-7d9c6b5f4-k2x8p',
  sabotaged: 'stt-service-7d9c6b5f4-w9m4z',
  unpooled: 'stt-service-7d9c6b5f4-c6t2h',
  azure: 'stt-service-7d9c6b5f4-q5v7n',
};

export interface Platform {
  readonly services: Services;
  readonly prometheus: Prometheus;
  stop(): Promise<void>;
}

export async function startPlatform(
  executable: string,
  ruleFiles: readonly string[],
): Promise<Platform> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-system-rules-'));
  const stops = [async () => rmSync(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const exporters = startExporters();
    stops.push(() => exporters.stop());
    const services = await startServices();
    stops.push(() => services.stop());
    const targets = Object.entries(PODS).map(([name, pod]) => ({
      address: new URL(services.urls[name as InstanceName]).host,
      // As the scrape job in production does, so that boards find the pods of an instance.
      labels: { instance: pod, namespace: 'stt', pod, container: JOB },
    }));
    const prometheus = await startPrometheus(
      executable,
      [{ name: JOB, targets, bearer: API_KEY }, ...exporters.jobs],
      ruleFiles.map((path) => withShortInterval(path, directory)),
    );
    stops.push(() => prometheus.stop());
    return { services, prometheus, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A copy whose groups are evaluated every second, since nobody waits minutes here. */
function withShortInterval(path: string, directory: string): string {
  const { groups } = readRuleFile(path);
  const copy = join(directory, basename(path));
  const hurried = groups.map((group) => ({ ...group, interval: '1s' }));
  writeFileSync(copy, JSON.stringify({ groups: hurried }));
  return copy;
}
