/** The real HTTP service over the no-op engine, in this process: both places to run, ready to be compared. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createEngineLimits } from '../../src/engine-limits.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createInProcessRunner } from '../../src/runners/in-process-runner.ts';
import { createProcessRunner } from '../../src/runners/process-runner.ts';
import { runJob } from '../../src/worker/run-job.ts';
import { openSpool } from '../../src/upload/spool.ts';
import { workerPath } from './contender.ts';
import { NO_OP_ENGINE } from './workers/no-op-engine.ts';

export interface NoOpService {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startNoOpService(env: Record<string, string> = {}): Promise<NoOpService> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-no-op-'));
  const config = readConfig({ STT_SPOOL_DIR: directory, PROCESS_MAX_TASKS: '0', ...env });
  const isolated = createProcessRunner({
    entry: workerPath('no-op-engine.ts'),
    init: { engine: config.engine, faults: null, azure: null },
    pool: config.pool,
    warm: config.pool.size,
    onEvent: () => undefined,
  });
  const inProcess = createInProcessRunner({
    slots: [
      {
        loaded: true,
        load: () => Promise.resolve(),
        run: (request, control) => runJob(NO_OP_ENGINE, request, control),
      },
    ],
    queue: { maxCount: 256, maxWaitMs: 60_000 },
    taskTimeoutMs: 60_000,
  });
  const spool = openSpool({ directory, maxBytes: config.upload.spoolMaxBytes });
  const app = createApp({
    config,
    log: createLog('silent'),
    metrics: createMetrics(),
    spool,
    version: 'bench',
    resilienceOf: createEngineLimits(config),
    keys: null,
    tokensFor: () => null,
    isDraining: () => false,
    runners: {
      runnerFor: (_engine, isolation) => (isolation === 'process' ? isolated : inProcess),
      start: () => isolated.start(),
      unreadyReason: () => isolated.unreadyReason(),
      pools: () => new Map([[config.engine, isolated]]),
      status: () => ({}),
      drain: (graceMs) => isolated.drain(graceMs),
    },
  }).listen({ hostname: '127.0.0.1', port: 0 });
  await isolated.start();
  return {
    url: `http://127.0.0.1:${app.server?.port}`,
    async stop() {
      await isolated.drain(0);
      await app.stop(true);
      spool.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
