/** The server's side of one thread: started at first use, never terminated, replaced when it has failed. */
import { TaskError } from '../pool/index.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { WorkerInit } from '../worker/init.ts';
import type { JobControl } from '../worker/run-job.ts';
import type { FromThread, ToThread } from '../worker/thread-protocol.ts';

export interface Thread {
  /** One job at a time. */
  run(request: JobRequest, control: JobControl): Promise<JobReply>;
  load(): Promise<void>;
  readonly loaded: boolean;
}

interface Job {
  readonly id: number;
  readonly control: JobControl;
  resolve(reply: JobReply): void;
  reject(error: unknown): void;
}

/**
 * Ending a Bun `Worker` inside native inference aborts the whole process, so a cancelled job is asked to stop and the
 * thread serves on once it has.
 */
export function createThread(init: WorkerInit): Thread {
  let ready: Promise<Worker> | undefined;
  let loaded = false;
  let job: Job | undefined;
  let lastId = 0;

  function start(): Promise<Worker> {
    const starting = Promise.withResolvers<Worker>();
    const thread = new Worker(new URL('../worker/thread.ts', import.meta.url).href);
    const fail = (error: unknown) => {
      ready = undefined;
      loaded = false;
      starting.reject(error);
      job?.reject(error);
    };
    thread.addEventListener('error', (event) =>
      fail(new Error(`the thread failed: ${event.message}`)),
    );
    thread.addEventListener('close', () => fail(new Error('the thread ended')));
    thread.addEventListener('message', ({ data }: MessageEvent<FromThread>) => {
      if (data.type === 'ready') {
        loaded = true;
        starting.resolve(thread);
      } else if (data.type === 'init-failed') {
        fail(new TaskError(data.error));
      } else if (data.id === job?.id) {
        deliver(job, data);
      }
    });
    post(thread, { type: 'init', init });
    return starting.promise;
  }

  return {
    get loaded() {
      return loaded;
    },
    async load() {
      await (ready ??= start());
    },
    async run(request, control) {
      const thread = await (ready ??= start());
      control.signal.throwIfAborted();
      const id = (lastId += 1);
      const cancel = () => post(thread, { type: 'cancel', id });
      try {
        return await new Promise<JobReply>((resolve, reject) => {
          job = { id, control, resolve, reject };
          control.signal.addEventListener('abort', cancel, { once: true });
          post(thread, { type: 'run', id, request });
        });
      } finally {
        job = undefined;
        control.signal.removeEventListener('abort', cancel);
      }
    },
  };
}

function deliver(job: Job, message: Exclude<FromThread, { type: 'ready' | 'init-failed' }>): void {
  if (message.type === 'progress') job.control.progress(null);
  else if (message.type === 'extend') job.control.extend(message.totalMs);
  else if (message.type === 'reply') job.resolve(message.reply);
  else job.reject(new TaskError(message.error));
}

function post(thread: Worker, message: ToThread): void {
  thread.postMessage(message);
}
