/** A real Prometheus on loopback that scrapes what it is told every second, and the questions it is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { waitFor } from './waiting.ts';

const REQUEST_MS = 20_000;

export interface ScrapeJob {
  readonly name: string;
  readonly path?: string;
  /** Sent with each scrape. */
  readonly bearer?: string;
  readonly targets: readonly {
    readonly address: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  /** Labels that the scrape must not add, since the metrics would not have them in production. */
  readonly without?: readonly string[];
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** `[seconds, value]`: many from a range, one from an instant. */
  readonly values: readonly (readonly [number, string])[];
}

export interface Prometheus {
  readonly url: string;
  /** The `data` of an answer of the HTTP API; rejects with its error. */
  ask<Data>(path: string, parameters?: Readonly<Record<string, string>>): Promise<Data>;
  instant(expression: string): Promise<readonly Series[]>;
  range(expression: string, from: number, to: number): Promise<readonly Series[]>;
  stop(): Promise<void>;
}

export async function startPrometheus(
  executable: string,
  jobs: readonly ScrapeJob[],
  ruleFiles: readonly string[],
  flags: readonly string[] = [],
): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-system-prometheus-'));
  // JSON is YAML.
  const configuration = join(directory, 'prometheus.yaml');
  writeFileSync(configuration, JSON.stringify(configurationOf(jobs, ruleFiles)));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const child = await startChild({
    command: [
      executable,
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.format=json',
      ...flags,
    ],
    cwd: directory,
    ready: /"msg":"Listening on","component":"web","address":"([^"]+)"/,
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const url = `http://${child.found}`;
  const stop = async () => {
    await child.stop();
    remove();
  };
  try {
    await waitFor('Prometheus to be ready', async () => (await fetch(`${url}/-/ready`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }

  async function ask<Data>(path: string, parameters: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status} to ${path}: ${text}`);
    return (JSON.parse(text) as { data: Data }).data;
  }
  return {
    url,
    ask,
    instant: async (query) => seriesOf(await ask('query', { query })),
    range: async (query, from, to) =>
      seriesOf(
        await ask('query_range', { query, start: String(from), end: String(to), step: '1' }),
      ),
    stop,
  };
}

function configurationOf(jobs: readonly ScrapeJob[], ruleFiles: readonly string[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: jobs.map(({ name, path, targets, bearer, without = [] }) => ({
      job_name: name,
      metrics_path: path ?? '/metrics',
      // What an exporter says of a pod is about that pod and not about the exporter.
      honor_labels: true,
      ...(bearer !== undefined && { authorization: { credentials: bearer } }),
      static_configs: targets.map(({ address, labels = {} }) => ({ targets: [address], labels })),
      metric_relabel_configs: without.map((label) => ({ action: 'labeldrop', regex: label })),
    })),
  };
}

interface Answer {
  readonly resultType: 'matrix' | 'vector' | 'scalar' | 'string';
  readonly result: unknown;
}

function seriesOf({ resultType, result }: Answer): readonly Series[] {
  if (resultType === 'matrix') return result as Series[];
  if (resultType === 'vector') {
    return (result as { metric: Series['metric']; value: [number, string] }[]).map(
      ({ metric, value }) => ({ metric, values: [value] }),
    );
  }
  return [{ metric: {}, values: [result as [number, string]] }];
}
