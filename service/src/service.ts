/** The whole service as one object: started on its ports, stopped without losing what runs. */
import { createApp, createMetricsApp } from './app.ts';
import type { AppDeps } from './app.ts';
import type { Config } from './config.ts';
import { createEngineLimits } from './engine-limits.ts';
import { isAzure } from './engines/registry.ts';
import { defaultCredential } from './identity/credential.ts';
import { createTokenProvider } from './identity/token-provider.ts';
import type { TokenProvider } from './identity/token-provider.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { openKeys } from './open-keys.ts';
import { observePoolEvent } from './pool-metrics.ts';
import { createRunners } from './runners/index.ts';
import { openSpool } from './upload/spool.ts';

const LAST_ANSWERS_MS = 2_000;
const LAST_ANSWERS_POLL_MS = 5;

export interface Service {
  readonly url: string;
  readonly metricsUrl: string;
  /** Every route of the main port. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Resolves when the default engine can answer. */
  readonly ready: Promise<void>;
  /**
   * Takes no new work, lets running requests finish for `SHUTDOWN_GRACE`, then refuses the rest and closes the ports.
   * Idempotent.
   */
  stop(): Promise<void>;
}

/** Returns once the ports are open; engines may still be loading. Throws `KeyFileError` before anything is started. */
export function startService(config: Config, log: Log, version: string): Service {
  const metrics = createMetrics();
  const keys = openKeys(config, log, metrics);
  const spool = openSpool({
    directory: config.upload.spoolDir,
    maxBytes: config.upload.spoolMaxBytes,
  });
  const runners = createRunners(config, (engine, event) =>
    observePoolEvent(metrics, log, engine, event),
  );
  const tokens = createTokens(config, log, metrics);
  let stopping: Promise<void> | undefined;
  const deps: AppDeps = {
    config,
    log,
    metrics,
    runners,
    spool,
    version,
    resilienceOf: createEngineLimits(config),
    keys,
    tokensFor: (engine) => (isAzure(engine) ? tokens : null),
    isDraining: () => stopping !== undefined,
  };
  const app = createApp(deps).listen({ hostname: config.host, port: config.port });
  const metricsApp =
    config.metricsPort === null
      ? null
      : createMetricsApp(deps).listen({ hostname: config.host, port: config.metricsPort });
  const addressOf = (listening: { server: { port?: number | undefined } | null }) =>
    `http://${config.host}:${listening.server?.port}`;

  async function start(): Promise<void> {
    // Without a token the fallback answers, or readiness tells; the provider goes on trying.
    const firstToken = tokens?.start();
    if (!isAzure(config.engine) || config.fallbackEngine !== null) {
      firstToken?.catch(() => undefined);
      return runners.start();
    }
    await Promise.all([runners.start(), firstToken]);
  }

  async function stop(): Promise<void> {
    await runners.drain(config.shutdownGraceMs);
    // Answers are still on their way to clients when the last job has ended.
    const patience = performance.now() + LAST_ANSWERS_MS;
    while ((app.server?.pendingRequests ?? 0) > 0 && performance.now() < patience) {
      await Bun.sleep(LAST_ANSWERS_POLL_MS);
    }
    // Idle keep-alive connections would hold a gentle stop for ever.
    await app.stop(true);
    await metricsApp?.stop(true);
    tokens?.stop();
    keys?.close();
    spool.close();
  }

  return {
    url: addressOf(app),
    metricsUrl: addressOf(metricsApp ?? app),
    routes: app.routes,
    ready: start(),
    stop: () => (stopping ??= stop()),
  };
}

/** One credential for all Azure engines, or null where none is configured. */
function createTokens(config: Config, log: Log, metrics: Metrics): TokenProvider | null {
  if (config.azure === null) return null;
  const { clientId, scope } = config.azure;
  return createTokenProvider({
    credential: defaultCredential(clientId),
    scope,
    onRefresh(outcome) {
      metrics.tokenRefreshes.inc({ outcome });
      if (outcome === 'failed') log.warn('no token for Azure can be had; trying again');
    },
  });
}
