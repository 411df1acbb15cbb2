/** From what pools say and are to what Prometheus reads and the log tells. */
import type { EngineId } from './contract.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PoolEvent } from './pool/index.ts';
import type { Runners } from './runners/index.ts';

const WORKER_STATES = ['starting', 'idle', 'busy', 'retiring'] as const;

/** Counts one pool event, and logs those that somebody may have to look into. */
export function observePoolEvent(
  metrics: Metrics,
  log: Log,
  engine: EngineId,
  event: PoolEvent,
): void {
  switch (event.type) {
    case 'task-started':
      metrics.poolQueueWait.observe(event.queueMs / 1000);
      return;
    case 'task-settled':
      if (event.runMs > 0) metrics.poolTaskDuration.observe(event.runMs / 1000);
      return;
    case 'rejected':
      metrics.poolRejected.inc({ reason: event.reason });
      return;
    case 'timeout':
      metrics.poolTimeouts.inc();
      log.warn({ engine, slot: event.slot, kind: event.kind }, 'a task was killed at its deadline');
      return;
    case 'crash':
      metrics.poolCrashes.inc({ signal: event.signal ?? 'none' });
      log.error(
        { engine, worker_pid: event.pid, signal: event.signal, exit_code: event.exitCode },
        'a worker process crashed',
      );
      return;
    case 'recycle':
      metrics.poolRecycles.inc({ reason: event.reason });
      log.debug({ engine, slot: event.slot, reason: event.reason }, 'a worker process is replaced');
      return;
    case 'retry':
      metrics.poolRetries.inc();
      return;
    case 'boot-failed':
      metrics.poolBootFailures.inc();
      log.error(
        {
          engine,
          failures: event.failures,
          retry_in_ms: event.retryInMs,
          reason: event.error.message,
        },
        'a worker process did not start',
      );
      return;
    case 'worker-ready':
      metrics.poolWorkerStart.observe(event.startMs / 1000);
      log.debug({ engine, slot: event.slot, worker_pid: event.pid }, 'a worker process is ready');
      return;
    case 'internal-error':
      log.error({ engine, err: event.error }, 'the pool met a fault of its own');
      return;
    default:
  }
}

/** Sets the gauges that mirror state; to be called before a scrape. */
export function refreshPoolGauges(metrics: Metrics, runners: Runners): void {
  const counts = new Map<string, number>(WORKER_STATES.map((state) => [state, 0]));
  let size = 0;
  let depth = 0;
  let workerBytes = 0;
  metrics.poolWorkerMemory.reset();
  for (const [engine, pool] of runners.pools()) {
    const snapshot = pool.snapshot();
    size += pool.size;
    depth += snapshot.queue.depth;
    for (const { slot, state, memoryBytes } of snapshot.workers) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
      workerBytes += memoryBytes;
      metrics.poolWorkerMemory.set({ slot: `${engine}-${slot}` }, memoryBytes);
    }
  }
  for (const [state, count] of counts) metrics.poolWorkers.set({ state }, count);
  metrics.poolSize.set(size);
  metrics.poolQueueDepth.set(depth);
  metrics.processMemory.set({ process: 'parent' }, process.memoryUsage.rss());
  metrics.processMemory.set({ process: 'workers' }, workerBytes);
}

/** An engine is not asked while requests to it go on failing, or while its worker processes do not start. */
export function refreshCircuitGauges(
  metrics: Metrics,
  runners: Runners,
  engines: Iterable<EngineId>,
  openSeconds: (engine: EngineId) => number | null,
): void {
  for (const engine of engines) {
    const open = openSeconds(engine) !== null || runners.pools().get(engine)?.circuitOpen === true;
    metrics.engineCircuitOpen.set({ engine }, open ? 1 : 0);
  }
}
