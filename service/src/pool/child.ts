/** The worker's side: `serve()` answers tasks one at a time until the parent hangs up. */
import { jsonBytes, toErrorFields } from './protocol.ts';
import type { ChildMessage, ParentMessage } from './protocol.ts';

export interface TaskContext<Progress> {
  /** Aborted when the worker is asked to end. A timeout or an abort kills the process instead. */
  readonly signal: AbortSignal;
  /** Shows that the task is alive, which renews its patience, and sends the value to the caller, if any. */
  progress(value?: Progress): void;
  /**
   * Reports the task's size: its deadline becomes `totalMs` from its start where that is longer,
   * and its estimated cost is corrected. @param costMs the true cost, `totalMs` by default
   */
  extend(totalMs: number, costMs?: number): void;
}

export interface WorkerDefinition<Init, Request, Reply, Progress> {
  /** Runs once before the first task; the worker is ready when it resolves. */
  init?(data: Init): void | Promise<void>;
  run(request: Request, context: TaskContext<Progress>): Reply | Promise<Reply>;
  /** Bytes held, where the parent cannot read them itself. @default process.memoryUsage.rss */
  memory?(): number;
}

/** @throws when the module was not started by a pool. */
export function serve<Init = undefined, Request = unknown, Reply = unknown, Progress = never>(
  definition: WorkerDefinition<Init, Request, Reply, Progress>,
): void {
  if (process.send === undefined) {
    throw new Error('serve() needs a parent: this module is meant to be started by a pool.');
  }
  const worker = new Worker(definition);
  process.on('message', (message) => worker.receive(message as ParentMessage));
  // The parent is gone or wants us gone; nobody would read an answer.
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => worker.stop());
}

class Worker<Init, Request, Reply, Progress> {
  readonly #definition: WorkerDefinition<Init, Request, Reply, Progress>;
  #maxMessageBytes = Infinity;
  #reportMemory = false;
  #stopping = false;
  #task: Task<Progress> | undefined;

  constructor(definition: WorkerDefinition<Init, Request, Reply, Progress>) {
    this.#definition = definition;
  }

  receive(message: ParentMessage): void {
    if (message.type === 'run') this.#run(message.id, message.request as Request);
    else void this.#init(message);
  }

  stop(): void {
    this.#stopping = true;
    if (this.#task === undefined) process.exit(0);
    this.#task.abort();
  }

  async #init(message: Extract<ParentMessage, { type: 'init' }>): Promise<void> {
    this.#maxMessageBytes = message.maxMessageBytes;
    this.#reportMemory = message.reportMemory;
    try {
      await this.#definition.init?.(message.data as Init);
      this.#send({ type: 'ready', memoryBytes: this.#memoryBytes() });
    } catch (error) {
      this.#send({ type: 'init-failed', error: toErrorFields(error) });
    }
  }

  /** Not `async`: what a task returns at once is answered at once. */
  #run(id: number, request: Request): void {
    const task = new Task<Progress>(id, this.#maxMessageBytes, this.#send);
    this.#task = task;
    try {
      const reply = this.#definition.run(request, task);
      if (isThenable(reply)) void this.#settle(task, reply);
      else this.#end(task, this.#answer(id, reply));
    } catch (error) {
      this.#end(task, { type: 'error', id, error: toErrorFields(error) });
    }
  }

  async #settle(task: Task<Progress>, reply: PromiseLike<Reply>): Promise<void> {
    let answer: ChildMessage;
    try {
      answer = this.#answer(task.id, await reply);
    } catch (error) {
      answer = { type: 'error', id: task.id, error: toErrorFields(error) };
    }
    this.#end(task, answer);
  }

  #end(task: Task<Progress>, answer: ChildMessage): void {
    task.end();
    this.#task = undefined;
    // Exiting before the answer is written would lose it, so the exit waits for the callback.
    if (this.#stopping) this.#send(answer, () => process.exit(0));
    else this.#send(answer);
  }

  #answer(id: number, reply: Reply): ChildMessage {
    const bytes = jsonBytes(reply);
    if (bytes > this.#maxMessageBytes) return { type: 'too-large', id, bytes };
    return this.#reportMemory
      ? { type: 'reply', id, reply, memoryBytes: this.#memoryBytes() }
      : { type: 'reply', id, reply };
  }

  #memoryBytes(): number {
    return this.#definition.memory?.() ?? process.memoryUsage.rss();
  }

  readonly #send = (message: ChildMessage, written?: () => void): void => {
    try {
      process.send?.(message, undefined, undefined, written);
    } catch {
      // The channel is closed: nobody is there to work for.
      process.exit(0);
    }
  };
}

function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

class Task<Progress> implements TaskContext<Progress> {
  readonly id: number;
  readonly #maxMessageBytes: number;
  readonly #send: (message: ChildMessage) => void;
  #controller: AbortController | undefined;
  #isAborted = false;
  #isOver = false;

  constructor(id: number, maxMessageBytes: number, send: (message: ChildMessage) => void) {
    this.id = id;
    this.#maxMessageBytes = maxMessageBytes;
    this.#send = send;
  }

  /** Made when first asked for: most short tasks never look. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isAborted) this.#controller.abort();
    return this.#controller.signal;
  }

  progress = (value?: Progress): void => {
    if (this.#isOver) return;
    const bytes = jsonBytes(value);
    if (bytes > this.#maxMessageBytes) {
      throw new RangeError(
        `A progress message is ${bytes} bytes of JSON, the cap is ${this.#maxMessageBytes}.`,
      );
    }
    this.#send({ type: 'progress', id: this.id, value });
  };

  extend = (totalMs: number, costMs = totalMs): void => {
    if (this.#isOver) return;
    if (!(totalMs > 0 && totalMs < Infinity && costMs > 0 && costMs < Infinity)) {
      throw new RangeError(`extend() needs finite times over 0, got ${totalMs} and ${costMs}.`);
    }
    this.#send({ type: 'extend', id: this.id, totalMs, costMs });
  };

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }

  end(): void {
    this.#isOver = true;
  }
}
