/** Every way a task can fail, each its own class with a stable code. */

export type PoolErrorCode =
  | 'queue_full'
  | 'queue_timeout'
  | 'task_timeout'
  | 'task_aborted'
  | 'worker_crashed'
  | 'memory_limit'
  | 'boot_failed'
  | 'pool_unavailable'
  | 'pool_draining'
  | 'message_too_large';

export interface PoolErrorOptions {
  readonly cause?: unknown;
  /** Milliseconds after which the same task may be accepted; left out when nothing is known. */
  readonly retryAfterMs?: number | undefined;
}

/** Base of everything the pool itself says; what a task throws is a {@link TaskError} instead. */
export abstract class PoolError extends Error {
  abstract readonly code: PoolErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: PoolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The queue holds as many tasks, or as many bytes, as it may. */
export class QueueFull extends PoolError {
  readonly code = 'queue_full';
  readonly limit: 'count' | 'bytes';

  constructor(limit: 'count' | 'bytes', held: number, max: number, retryAfterMs?: number) {
    const what = limit === 'count' ? `${held} of ${max} tasks` : `${held} of ${max} bytes`;
    super(`The queue is full (${what}). Try again later, or raise the queue's limit.`, {
      retryAfterMs,
    });
    this.limit = limit;
  }
}

/** The task waited too long, or was refused at once because it would have. */
export class QueueTimeout extends PoolError {
  readonly code = 'queue_timeout';
  /** `admission`: refused at once from the estimate; `waiting`: its time in the queue ran out. */
  readonly phase: 'admission' | 'waiting';
  /** Estimated wait at admission, time really waited otherwise. */
  readonly waitMs: number;
  readonly maxWaitMs: number;

  constructor(
    phase: 'admission' | 'waiting',
    waitMs: number,
    maxWaitMs: number,
    retryAfterMs?: number,
  ) {
    const waited = Math.round(waitMs);
    super(
      phase === 'admission'
        ? `The estimated wait of ${waited} ms is over the limit of ${maxWaitMs} ms. Try again later, or add workers.`
        : `The task waited ${waited} ms in the queue, the limit is ${maxWaitMs} ms. Try again later, or add workers.`,
      { retryAfterMs },
    );
    this.phase = phase;
    this.waitMs = waitMs;
    this.maxWaitMs = maxWaitMs;
  }
}

/** The task ran past its deadline, or went silent for too long. */
export class TaskTimeout extends PoolError {
  readonly code = 'task_timeout';
  /** `deadline`: the whole task took too long; `stall`: no progress for too long. */
  readonly kind: 'deadline' | 'stall';
  readonly elapsedMs: number;
  readonly limitMs: number;

  constructor(kind: 'deadline' | 'stall', elapsedMs: number, limitMs: number) {
    const elapsed = Math.round(elapsedMs);
    super(
      kind === 'deadline'
        ? `The task ran ${elapsed} ms, its deadline is ${limitMs} ms. Make it smaller, or raise the task timeout.`
        : `The task made no progress for ${elapsed} ms, the limit is ${limitMs} ms. It was ended.`,
    );
    this.kind = kind;
    this.elapsedMs = elapsedMs;
    this.limitMs = limitMs;
  }
}

/** The caller's signal was aborted; its reason is the cause. */
export class TaskAborted extends PoolError {
  readonly code = 'task_aborted';

  constructor(reason: unknown) {
    super('The task was aborted by its caller.', { cause: reason });
  }
}

export interface ExitDetails {
  /** Name of the signal that ended the process, such as `SIGKILL`. */
  readonly signal: string | undefined;
  readonly exitCode: number | undefined;
  readonly stderrTail: string;
}

function exitText({ signal, exitCode, stderrTail }: ExitDetails): string {
  const how = signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  const lastLine = stderrTail.trimEnd().split('\n').at(-1) ?? '';
  return lastLine === '' ? how : `${how}; last words: ${lastLine.slice(0, 300)}`;
}

/** The worker ended while it held the task, as many times as the pool was willing to try. */
export class WorkerCrashed extends PoolError {
  readonly code = 'worker_crashed';
  readonly signal: string | undefined;
  readonly exitCode: number | undefined;
  readonly stderrTail: string;
  readonly attempts: number;

  constructor(exit: ExitDetails, attempts: number) {
    super(
      `The worker crashed with the task in hand, attempt ${attempts} (${exitText(exit)}). ` +
        'The task was not tried again.',
    );
    this.signal = exit.signal;
    this.exitCode = exit.exitCode;
    this.stderrTail = exit.stderrTail;
    this.attempts = attempts;
  }
}

/** The worker passed the hard memory limit and was killed with the task in hand. */
export class MemoryLimit extends PoolError {
  readonly code = 'memory_limit';
  readonly memoryBytes: number;
  readonly limitBytes: number;

  constructor(memoryBytes: number, limitBytes: number) {
    super(
      `The worker held ${memoryBytes} bytes, the hard limit is ${limitBytes}. ` +
        'Make the task smaller, or raise maxRssBytes.',
    );
    this.memoryBytes = memoryBytes;
    this.limitBytes = limitBytes;
  }
}

export type BootFailureReason = 'spawn' | 'exit' | 'init' | 'timeout' | 'memory';

/** A worker never became ready. Callers see it as the cause of {@link PoolUnavailable}. */
export class BootFailed extends PoolError {
  readonly code = 'boot_failed';
  readonly reason: BootFailureReason;
  readonly signal: string | undefined;
  readonly exitCode: number | undefined;
  readonly stderrTail: string;

  constructor(reason: BootFailureReason, detail: string, exit?: ExitDetails) {
    const how = exit === undefined ? '' : ` (${exitText(exit)})`;
    super(`A worker failed to start: ${detail}${how}.`);
    this.reason = reason;
    this.signal = exit?.signal;
    this.exitCode = exit?.exitCode;
    this.stderrTail = exit?.stderrTail ?? '';
  }
}

/** No worker is usable and starting one keeps failing; the pool goes on trying by itself. */
export class PoolUnavailable extends PoolError {
  readonly code = 'pool_unavailable';

  constructor(failures: number, retryAfterMs: number, cause: BootFailed | undefined) {
    super(
      `No worker is running and the last ${failures} starts failed; the next try is in ` +
        `${Math.round(retryAfterMs)} ms.${cause === undefined ? '' : ` ${cause.message}`}`,
      { cause, retryAfterMs },
    );
  }
}

/** The pool is shutting down: nothing new is taken, and what did not finish in time is given up. */
export class PoolDraining extends PoolError {
  readonly code = 'pool_draining';

  constructor() {
    super('The pool is shutting down. Send the task to another instance.');
  }
}

/** A request or a reply is over the message cap; big data belongs in a file, the path in the message. */
export class MessageTooLarge extends PoolError {
  readonly code = 'message_too_large';
  readonly direction: 'request' | 'reply';
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(direction: 'request' | 'reply', bytes: number, maxBytes: number) {
    super(
      `The ${direction} is ${bytes} bytes of JSON, the cap is ${maxBytes}. ` +
        'Pass big data as a file path, or raise maxMessageBytes.',
    );
    this.direction = direction;
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

export interface TaskErrorFields {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  /** Small JSON that the task attached to its error. */
  readonly data?: unknown;
  readonly retryAfterSeconds?: number | undefined;
  /** Stack in the worker, shortened. */
  readonly stack?: string | undefined;
}

/** What the task itself threw, carried across the process border; `name` is the original one. */
export class TaskError extends Error {
  readonly code: string | undefined;
  readonly data: unknown;
  readonly retryAfterSeconds: number | undefined;
  readonly workerStack: string | undefined;

  constructor(fields: TaskErrorFields, cause?: unknown) {
    super(fields.message, cause === undefined ? undefined : { cause });
    this.name = fields.name;
    this.code = fields.code;
    this.data = fields.data;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.workerStack = fields.stack;
  }
}

/** The options given to the pool, the executor or the queue make no sense; lists every fault. */
export class InvalidOptions extends Error {
  override readonly name = 'InvalidOptions';
  readonly code = 'invalid_options';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`Invalid options: ${faults.join('; ')}.`);
    this.faults = faults;
  }
}
