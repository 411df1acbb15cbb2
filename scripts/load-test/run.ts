/** Runs k6 once and keeps what it and the service say meanwhile. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Summary } from '../../k6/lib/summary.ts';
import { startSampler } from '../measure/sampler.ts';
import { readStatus } from '../measure/status.ts';
import type { ServiceStatus } from '../measure/status.ts';
import { HEADERS } from '../../service/src/contract.ts';
import { Cancelled } from '../verbs/refusal.ts';
import { run } from '../verbs/programs.ts';
import type { Environment, Session } from '../verbs/session.ts';
import { clockTime, plannedSeconds } from './duration.ts';
import { readCounts } from './k6-counts.ts';
import type { K6 } from './k6-program.ts';
import type { Files, Sample } from './result.ts';
import type { Wanted } from './variables.ts';

const LOOPBACK = '127.0.0.1';
/** What k6 gives Go to work with before it must clean up: half a gigabyte more than LibriSpeech takes. */
const MEMORY_LIMIT = '1200MiB';
const TREND_STATS = 'p(50),p(95),p(99),avg,max';
/** Of the environment that k6 is to see; what else is in it is nobody's business. */
const HANDED_ON =
  /^(?:PATH|HOME|TMPDIR|GOMEMLIMIT|GOGC|SSL_CERT_(?:FILE|DIR)|K6_\w+|(?:https?|no)_proxy)$/i;

export interface Ended {
  readonly exitCode: number;
  readonly interrupted: boolean;
  readonly summary: Summary | null;
  readonly samples: readonly Sample[];
}

export interface Plan {
  readonly k6: K6;
  readonly wanted: Wanted;
  readonly files: Files;
  /** Port of k6's live page, or null for none. */
  readonly dashboardPort: number | null;
  /** Tells this run's series from others in Prometheus. */
  readonly testId: string;
}

/** Never rejects for what k6 does or says. */
export async function runK6(session: Session, plan: Plan): Promise<Ended> {
  const { root, env, say } = session;
  const { settings } = plan.wanted;
  const api = `${LOOPBACK}:${await freePort()}`;
  const planned = plannedSeconds(settings);
  const headers =
    settings.apiKey === '' ? {} : { [HEADERS.authorization]: `Bearer ${settings.apiKey}` };
  const sampler = startSampler(
    async () => {
      const [load, service] = await Promise.all([
        readCounts(api).catch(() => null),
        readAll(settings.statusUrls, headers).catch(() => null),
      ]);
      if (load !== null)
        say.countdown(progress(load, sampler.samples().at(-1)?.atMs, planned), performance.now());
      return { load, service };
    },
    { everyMs: Math.max(1000, (planned * 1000) / 300), maxSamples: 600 },
  );
  const show = (chunk: string) => {
    say.countdownOver();
    say.stream(chunk);
  };
  let exitCode = 0;
  let interrupted = false;
  try {
    ({ exitCode } = await run(plan.k6.path, parts(plan, api), {
      env: environment(env, plan, planned),
      cwd: root,
      show,
    }));
  } catch (error) {
    // k6 had the signal too, and summed up what it had.
    if (!(error instanceof Cancelled)) throw error;
    interrupted = true;
  } finally {
    await sampler.stop();
    say.countdownOver();
  }
  return {
    exitCode,
    interrupted,
    summary: takeSummary(plan.files.summary),
    samples: sampler.samples().map(({ atMs, value }) => ({
      second: Math.round(atMs / 100) / 10,
      load: value?.load ?? null,
      service: value?.service ?? null,
    })),
  };
}

/** Of all services together. */
async function readAll(
  statusUrls: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<ServiceStatus> {
  const all = await Promise.all(statusUrls.map((url) => readStatus(url, headers)));
  const sum = (of: (status: ServiceStatus) => number) =>
    all.reduce((total, status) => total + of(status), 0);
  return {
    parentBytes: sum(({ parentBytes }) => parentBytes),
    workersBytes: sum(({ workersBytes }) => workersBytes),
    workers: sum(({ workers }) => workers),
    busy: sum(({ busy }) => busy),
    queueDepth: sum(({ queueDepth }) => queueDepth),
    recycles: sum(({ recycles }) => recycles),
    crashes: sum(({ crashes }) => crashes),
  };
}

function parts({ wanted, testId }: Plan, api: string): string[] {
  return [
    'run',
    '--quiet',
    '--address',
    api,
    '--tag',
    `testid=${testId}`,
    ...(wanted.prometheusUrl === null ? [] : ['--out', 'experimental-prometheus-rw']),
    'k6/main.ts',
  ];
}

/** Settings travel in the environment: arguments can be read by everybody on the machine, and one of them is a key. */
function environment(env: Environment, plan: Plan, planned: number): Record<string, string> {
  const { wanted, files, dashboardPort } = plan;
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => HANDED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    GOMEMLIMIT: MEMORY_LIMIT,
    K6_PROMETHEUS_RW_TREND_STATS: TREND_STATS,
    K6_PROMETHEUS_RW_STALE_MARKERS: 'true',
    ...Object.fromEntries(inherited),
    ...wanted.variables,
    SUMMARY_FILE: files.summary,
    K6_NO_USAGE_REPORT: 'true',
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_HOST: LOOPBACK,
    K6_WEB_DASHBOARD_PORT: String(dashboardPort ?? -1),
    K6_WEB_DASHBOARD_EXPORT: files.k6Html,
    // Fewer than three periods leave its report without graphs.
    K6_WEB_DASHBOARD_PERIOD: `${Math.min(10, Math.max(1, Math.floor(planned / 100)))}s`,
    ...(wanted.prometheusUrl !== null && { K6_PROMETHEUS_RW_SERVER_URL: wanted.prometheusUrl }),
  };
}

function progress(
  { vus, answered, rejected, failed }: NonNullable<Sample['load']>,
  atMs: number | undefined,
  planned: number,
): string {
  return `${clockTime((atMs ?? 0) / 1000)} of ${clockTime(planned)}: ${vus} users, ${answered} answered, ${rejected} turned away, ${failed} failed`;
}

function takeSummary(file: string): Summary | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Summary;
  } catch {
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}

/** `wanted` where it is free, else any; on loopback. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort())));
    server.listen(wanted, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
