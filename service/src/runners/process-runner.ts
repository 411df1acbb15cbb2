/** Jobs in pooled subprocesses: the pool's options made from the configuration, its errors made ours. */
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { createPool } from '../pool/index.ts';
import type { PoolEvent, PoolSnapshot } from '../pool/index.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { Runner } from '../transcription/runner.ts';
import type { WorkerInit } from '../worker/init.ts';
import { queueOptions } from './queue-options.ts';
import { submit } from './submit.ts';

/** Two hours of dense speech are well under a megabyte of segments. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A worker killed from outside while it starts counts as a failed start: a few of those are no broken engine. */
const BOOT_FAILURES_TO_OPEN = 5;

const WORKER_ENTRY = fileURLToPath(new URL('../worker/process.ts', import.meta.url));

export interface ProcessRunnerOptions {
  /** Module that a worker runs. @default worker/process.ts */
  readonly entry?: string;
  readonly init: WorkerInit;
  readonly pool: Config['pool'];
  /** Workers kept warm. */
  readonly warm: number;
  readonly onEvent: (event: PoolEvent) => void;
}

export interface ProcessRunner extends Runner {
  readonly size: number;
  snapshot(): PoolSnapshot;
}

export function createProcessRunner(options: ProcessRunnerOptions): ProcessRunner {
  const { pool: settings } = options;
  const pool = createPool<JobRequest, JobReply, null>({
    entry: options.entry ?? WORKER_ENTRY,
    init: options.init,
    env: settings.environment,
    size: settings.size,
    minSize: Math.min(options.warm, settings.size),
    maxTasks: settings.maxTasks,
    maxRssBytes: settings.maxRssBytes,
    maxAgeMs: settings.maxAgeMs,
    idleRecycleMs: settings.idleRecycleMs,
    taskTimeoutMs: settings.taskTimeoutMs,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    bootFailuresToOpen: BOOT_FAILURES_TO_OPEN,
    queue: queueOptions(settings),
    onEvent: options.onEvent,
  });

  return {
    size: settings.size,
    get circuitOpen() {
      return pool.snapshot().breaker.state === 'open';
    },
    get estimatedWaitMs() {
      return pool.snapshot().queue.estimatedWaitMs ?? 0;
    },
    start: () => pool.start(),
    unreadyReason: () => (pool.ready ? null : 'No worker is ready yet.'),
    run: (request, runOptions) => submit(pool, request, runOptions),
    snapshot: () => pool.snapshot(),
    status: () => pool.snapshot(),
    drain: (graceMs) => pool.drain(graceMs),
  };
}
