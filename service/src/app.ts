/** The HTTP application: composes the routes over what it is given, and never listens. */
import { Elysia } from 'elysia';
import type { Config } from './config.ts';
import type { EngineId } from './contract.ts';
import { supportOf } from './engines/registry.ts';
import { createInFlight } from './keys/in-flight.ts';
import type { KeyStore } from './keys/key-store.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createClientAddresses } from './perimeter/client-address.ts';
import { createFailedAttempts } from './perimeter/failed-attempts.ts';
import { guardRequests } from './perimeter/guard.ts';
import { refreshCircuitGauges, refreshPoolGauges } from './pool-metrics.ts';
import { unreadyReason } from './readiness.ts';
import { docsRoutes } from './routes/docs.ts';
import { handleErrors } from './routes/error-handler.ts';
import { healthRoutes } from './routes/health.ts';
import { indexRoutes } from './routes/index-page.ts';
import { monitoringRoutes } from './routes/monitoring.ts';
import { observeRequests } from './routes/observe.ts';
import { requireKey } from './routes/require-key.ts';
import { IDLE_SECONDS, transcriptionRoutes } from './routes/transcriptions.ts';
import type { Runners } from './runners/index.ts';
import { understands } from './transcription/options.ts';
import type { EngineResilience } from './transcription/resilience.ts';
import type { TokenSource } from './transcription/token-source.ts';
import { createTranscriber } from './transcription/transcribe.ts';
import type { Spool } from './upload/spool.ts';

export interface AppDeps {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly runners: Runners;
  readonly spool: Spool;
  readonly version: string;
  /** The same object for an engine each time: it holds the engine's circuit and its places. */
  resilienceOf(engine: EngineId): EngineResilience;
  /** Where an engine's bearer tokens come from; null for one that needs none. */
  tokensFor(engine: EngineId): TokenSource | null;
  /** Whose keys may use the service; null: everyone may. */
  readonly keys: KeyStore | null;
  isDraining(): boolean;
}

/** The development page of Bun shows source code to whoever makes a request fail. */
const SERVE = { development: false, idleTimeout: IDLE_SECONDS } as const;
/** Nothing there reads a body. */
const MONITORING_BODY_BYTES = 64 * 1024;

const SHUTTING_DOWN = 'The service is shutting down.';

/** Everything a caller may use; metrics and status too, unless they have a port of their own. */
export function createApp(deps: AppDeps) {
  const { config, log, metrics, runners, spool } = deps;
  const transcriber = createTranscriber({
    maxAudioSeconds: config.maxAudioSeconds,
    requestBudgetMs: config.requestBudgetMs,
    // As long as an undisturbed request of ordinary length may take.
    patienceMs: config.pool.queueTimeoutMs + config.pool.taskTimeoutMs,
    fallbackEngine: config.fallbackEngine,
    metrics,
    runnerFor: (engine, isolation) => runners.runnerFor(engine, isolation),
    resilienceOf: (engine) => deps.resilienceOf(engine),
    tokensFor: (engine) => deps.tokensFor(engine),
    fallbackSpeaks: (language) =>
      config.fallbackEngine !== null && understands(supportOf(config.fallbackEngine), language),
  });
  const app = new Elysia({
    // Uploads are counted while they arrive.
    serve: { ...SERVE, maxRequestBodySize: Number.MAX_SAFE_INTEGER },
    // Else Elysia finds the path of http://stt/… behind its second slash.
    handler: { standardHostname: false },
  });
  observeRequests(app, log, metrics);
  const addresses = createClientAddresses(config.perimeter.trustedProxies);
  guardRequests(app, { ...config.perimeter, addresses });
  if (deps.keys !== null) {
    const { keys } = deps;
    requireKey(app, {
      verify: (presented) => keys.verify(presented),
      inFlight: createInFlight(),
      metrics,
      failures: createFailedAttempts({ addressOf: (request) => addresses.of(request) }),
    });
  }
  handleErrors(app, log);
  app
    .use(indexRoutes())
    .use(healthRoutes(() => (deps.isDraining() ? SHUTTING_DOWN : unready(deps))))
    .use(docsRoutes(deps.version, deps.keys !== null))
    .use(
      transcriptionRoutes({
        transcriber,
        spool,
        metrics,
        limits: config.upload,
        rules: { defaultEngine: config.engine, engines: config.engines, supportOf },
        isolationEnabled: config.pool.enabled,
        isDraining: () => deps.isDraining(),
      }),
    );
  if (config.metricsPort === null) app.use(monitoring(deps));
  return app;
}

/** Metrics and status alone, for `METRICS_PORT`. */
export function createMetricsApp(deps: AppDeps) {
  const app = new Elysia({ serve: { ...SERVE, maxRequestBodySize: MONITORING_BODY_BYTES } });
  handleErrors(app, deps.log);
  const { perimeter } = deps.config;
  guardRequests(app, {
    ...perimeter,
    addresses: createClientAddresses(perimeter.trustedProxies),
  });
  return app.use(monitoring(deps));
}

function unready({ config, runners, tokensFor, resilienceOf }: AppDeps): string | null {
  return unreadyReason({
    engine: config.engine,
    fallbackEngine: config.fallbackEngine,
    runnerReason: (engine) => runners.unreadyReason(engine),
    tokenReason: (engine) => tokensFor(engine)?.unreadyReason() ?? null,
    openSeconds: (engine) => resilienceOf(engine).openSeconds(),
  });
}

function monitoring({ config, metrics, runners, spool, isDraining, resilienceOf }: AppDeps) {
  const engines = new Set([...config.engines, config.fallbackEngine ?? config.engine]);
  return monitoringRoutes({
    registry: metrics.registry,
    refresh() {
      refreshPoolGauges(metrics, runners);
      refreshCircuitGauges(metrics, runners, engines, (engine) =>
        resilienceOf(engine).openSeconds(),
      );
    },
    status: () => ({
      draining: isDraining(),
      engine: config.engine,
      engines: config.engines,
      isolation: config.pool.enabled,
      memory: { parent_bytes: process.memoryUsage.rss() },
      spool: spool.usage,
      ...runners.status(),
    }),
  });
}
