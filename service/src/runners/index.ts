/** One runner for each engine and place, made when first asked for. */
import type { Config } from '../config.ts';
import type { EngineId, Isolation } from '../contract.ts';
import { isAzure } from '../engines/registry.ts';
import type { PoolEvent } from '../pool/index.ts';
import type { Runner } from '../transcription/runner.ts';
import type { WorkerInit } from '../worker/init.ts';
import { createInProcessRunner } from './in-process-runner.ts';
import { queueOptions } from './queue-options.ts';
import { createMainThreadSlot } from './main-thread.ts';
import { createProcessRunner } from './process-runner.ts';
import type { ProcessRunner } from './process-runner.ts';
import { createThread } from './thread.ts';

export interface Runners {
  runnerFor(engine: EngineId, isolation: Isolation): Runner;
  /** Starts what must be warm before the first request; resolves when that is ready. */
  start(): Promise<void>;
  /** Why an engine does not answer requests that care for no place; null while it does. */
  unreadyReason(engine: EngineId): string | null;
  /** The pools there are now. */
  pools(): ReadonlyMap<EngineId, ProcessRunner>;
  status(): object;
  drain(graceMs: number): Promise<void>;
}

export function createRunners(
  config: Config,
  onPoolEvent: (engine: EngineId, event: PoolEvent) => void,
): Runners {
  const pools = new Map<EngineId, ProcessRunner>();
  const inProcess = new Map<string, Runner>();
  const queue = queueOptions(config.pool);
  const initOf = (engine: EngineId): WorkerInit => ({
    engine,
    faults: config.faults,
    azure: isAzure(engine) ? config.azure : null,
  });

  function poolFor(engine: EngineId): ProcessRunner {
    const known = pools.get(engine);
    if (known !== undefined) return known;
    const pool = createProcessRunner({
      init: initOf(engine),
      pool: config.pool,
      // A fallback waits for bad times: one warm worker is enough to start with.
      warm: engine === config.fallbackEngine && engine !== config.engine ? 1 : config.pool.size,
      onEvent: (event) => onPoolEvent(engine, event),
    });
    pools.set(engine, pool);
    // A start that fails is tried again by the pool and seen in its events; a drain ends it.
    pool.start().catch(() => undefined);
    return pool;
  }

  function inProcessFor(engine: EngineId, isolation: 'thread' | 'none'): Runner {
    const key = `${isolation}/${engine}`;
    const known = inProcess.get(key);
    if (known !== undefined) return known;
    const init = initOf(engine);
    const slots =
      isolation === 'thread'
        ? Array.from({ length: config.threads }, () => createThread(init))
        : [createMainThreadSlot(init)];
    const runner = createInProcessRunner({
      slots,
      queue,
      taskTimeoutMs: config.pool.taskTimeoutMs,
    });
    inProcess.set(key, runner);
    return runner;
  }

  const runnerFor = (engine: EngineId, isolation: Isolation) =>
    isolation === 'process' ? poolFor(engine) : inProcessFor(engine, isolation);

  /** Where requests go that care for no place. */
  const usual = (engine: EngineId) => runnerFor(engine, config.pool.enabled ? 'process' : 'thread');
  const fallback = () =>
    config.fallbackEngine === null || !config.pool.enabled
      ? null
      : runnerFor(config.fallbackEngine, 'process');

  return {
    runnerFor,
    async start() {
      await Promise.all([usual(config.engine).start(), fallback()?.start()]);
    },
    unreadyReason: (engine) => usual(engine).unreadyReason(),
    pools: () => pools,
    status: () => ({
      pools: Object.fromEntries([...pools].map(([engine, pool]) => [engine, pool.status()])),
      in_process: Object.fromEntries([...inProcess].map(([key, runner]) => [key, runner.status()])),
    }),
    async drain(graceMs) {
      await Promise.all(
        [...pools.values(), ...inProcess.values()].map((runner) => runner.drain(graceMs)),
      );
    },
  };
}
