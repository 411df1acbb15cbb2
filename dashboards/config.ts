/** Every selector, objective, window and limit of boards and alerts: change it here, then `make dashboards`. */
import { ENGINE_IDS, PATHS, SERVICE_NAME } from '../service/src/contract.ts';
import type { REAL_TIME_FACTOR_BUCKETS } from '../service/src/contract.ts';

export type Severity = 'critical' | 'warning';

/** An alert when both windows burn the error budget `factor` times as fast as the objective allows. */
export interface BurnWindow {
  readonly long: string;
  readonly short: string;
  readonly factor: number;
  readonly for: string;
  readonly severity: Severity;
}

export interface Config {
  /** The scrape job of the service, in rules. Boards offer whatever jobs export its metrics. */
  readonly job: string;
  /** Set it where one Prometheus watches the job in several namespaces; null without Kubernetes. */
  readonly namespace: string | null;
  /** Name of the container in a pod, for what cAdvisor and kube-state-metrics know of it. */
  readonly container: string;
  /** Where docs/runbooks.md can be read; the alert's name in lower case becomes the fragment. */
  readonly runbookUrl: string;
  /** How often rules are evaluated. */
  readonly evaluationInterval: string;
  /** Routes with a promise. `/transcriptions/sync` has none: it is a baseline that blocks the server. */
  readonly objectiveRoutes: readonly string[];
  readonly availability: {
    /** Share of requests that are answered: neither refused (429, 503) nor failed (5xx). */
    readonly objective: number;
  };
  readonly latency: {
    /** Share of transcriptions under the pace below. */
    readonly objective: number;
    /** Queue, decode and engine seconds per second of audio, as clips differ in length; one of the buckets. */
    readonly realTimeFactor: (typeof REAL_TIME_FACTOR_BUCKETS)[number];
  };
  readonly burnWindows: readonly BurnWindow[];
  /** Requests a second over the long window below which budgets do not alert: one failure at night is not a trend. */
  readonly minimumRequestRate: number;
  /** Tasks waiting per worker process that count as saturation. */
  readonly queuedPerWorker: number;
  /** Crashes of worker processes of one instance within 15 minutes that count as a loop. */
  readonly crashesPerLoop: number;
  /** Failed starts of worker processes of one instance within 15 minutes; after five in a row it is not ready. */
  readonly bootFailures: number;
  /** Share of the container's memory limit. */
  readonly memoryShare: number;
}

export const CONFIG: Config = {
  job: SERVICE_NAME,
  namespace: null,
  container: SERVICE_NAME,
  runbookUrl: 'docs/runbooks.md',
  evaluationInterval: '30s',
  objectiveRoutes: [PATHS.transcriptionsIsolated, PATHS.transcriptions],
  availability: { objective: 0.99 },
  latency: { objective: 0.95, realTimeFactor: 1 },
  burnWindows: [
    { long: '1h', short: '5m', factor: 14.4, for: '2m', severity: 'critical' },
    { long: '6h', short: '30m', factor: 6, for: '15m', severity: 'critical' },
    { long: '1d', short: '2h', factor: 3, for: '1h', severity: 'warning' },
    { long: '3d', short: '6h', factor: 1, for: '3h', severity: 'warning' },
  ],
  minimumRequestRate: 0.01,
  queuedPerWorker: 4,
  crashesPerLoop: 3,
  bootFailures: 3,
  memoryShare: 0.9,
};

/** Matches the label `engine` of everything that is sent to Azure. */
export const AZURE_ENGINES = ENGINE_IDS.filter((id) => id.startsWith('azure-')).join('|');

/** Matches requests for a transcription, on whichever route. */
export const TRANSCRIPTION_ROUTES = `route=~"${PATHS.transcriptions}.*"`;
