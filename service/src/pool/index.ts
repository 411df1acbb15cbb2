/** The public surface of the process pool; a worker module imports `./child.ts` alone. */
export type { BreakerSnapshot } from './boot-breaker.ts';
export type { TaskContext, WorkerDefinition } from './child.ts';
export { serve } from './child.ts';
export type { BootFailureReason, PoolErrorCode, TaskErrorFields } from './errors.ts';
export {
  BootFailed,
  InvalidOptions,
  MemoryLimit,
  MessageTooLarge,
  PoolDraining,
  PoolError,
  PoolUnavailable,
  QueueFull,
  QueueTimeout,
  TaskAborted,
  TaskError,
  TaskTimeout,
  WorkerCrashed,
} from './errors.ts';
export { Estimator } from './estimate.ts';
export type {
  Listener,
  PoolEvent,
  RecycleReason,
  RejectReason,
  TaskEvent,
  TaskOutcome,
  WorkerEvent,
} from './events.ts';
export type {
  Executor,
  ExecutorOptions,
  ExecutorSnapshot,
  SlotContext,
  SlotFunction,
  SlotSnapshot,
} from './executor.ts';
export { createExecutor } from './executor.ts';
export type { QueueSnapshot, TaskCounters } from './intake.ts';
export type { RunOptions, TaskResult, TaskStart } from './job.ts';
export type { PoolOptions } from './options.ts';
export type { Pool } from './pool.ts';
export { createPool } from './pool.ts';
export { toErrorFields } from './protocol.ts';
export type { EnqueueOptions, Queue, QueueEntry, QueueOptions, QueueOwner } from './queue.ts';
export { createQueue } from './queue.ts';
export type { PoolCounters, PoolSnapshot, WorkerSnapshot } from './snapshot.ts';
export type { WorkerState } from './worker-handle.ts';
