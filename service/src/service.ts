/** The whole service as one object: started on its ports, stopped without losing what runs. */
import { createApp, createMetricsApp } from './app.ts';
import type { AppDeps } from './app.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { observePoolEvent } from './pool-metrics.ts';
import { createRunners } from './runners/index.ts';
import { openSpool } from './upload/spool.ts';

const LAST_ANSWERS_MS = 2_000;
const LAST_ANSWERS_POLL_MS = 5;

export interface Service {
  readonly url: string;
  readonly metricsUrl: string;
  /** Resolves when the default engine can answer. */
  readonly ready: Promise<void>;
  /**
   * Takes no new work, lets running requests finish for `SHUTDOWN_GRACE`, then refuses the rest and closes the ports.
   * Idempotent.
   */
  stop(): Promise<void>;
}

/** Resolves once the ports are open; engines may still be loading. */
export function startService(config: Config, log: Log, version: string): Service {
  const metrics = createMetrics();
  const spool = openSpool({
    directory: config.upload.spoolDir,
    maxBytes: config.upload.spoolMaxBytes,
  });
  const runners = createRunners(config, (engine, event) =>
    observePoolEvent(metrics, log, engine, event),
  );
  let stopping: Promise<void> | undefined;
  const deps: AppDeps = {
    config,
    log,
    metrics,
    runners,
    spool,
    version,
    isDraining: () => stopping !== undefined,
  };
  const app = createApp(deps).listen({ hostname: config.host, port: config.port });
  const metricsApp =
    config.metricsPort === null
      ? null
      : createMetricsApp(deps).listen({ hostname: config.host, port: config.metricsPort });
  const addressOf = (listening: { server: { port?: number | undefined } | null }) =>
    `http://${config.host}:${listening.server?.port}`;

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
    spool.close();
  }

  return {
    url: addressOf(app),
    metricsUrl: addressOf(metricsApp ?? app),
    ready: runners.start(),
    stop: () => (stopping ??= stop()),
  };
}
