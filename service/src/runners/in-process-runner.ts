/** Jobs inside the server process: on threads, or one at a time on the main thread. Loaded at first use. */
import { createExecutor } from '../pool/index.ts';
import type { QueueOptions } from '../pool/index.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { Runner } from '../transcription/runner.ts';
import type { JobControl } from '../worker/run-job.ts';
import { submit } from './submit.ts';

export interface Slot {
  run(request: JobRequest, control: JobControl): Promise<JobReply>;
  load(): Promise<void>;
  readonly loaded: boolean;
}

export interface InProcessRunnerOptions {
  readonly slots: readonly Slot[];
  readonly queue: QueueOptions;
  readonly taskTimeoutMs: number;
}

export function createInProcessRunner(options: InProcessRunnerOptions): Runner {
  const { slots } = options;
  const executor = createExecutor<JobRequest, JobReply, null>({
    slots: slots.map((slot) => (request, control) => slot.run(request, control)),
    queue: options.queue,
    taskTimeoutMs: options.taskTimeoutMs,
  });
  let failure: string | null = null;

  return {
    circuitOpen: false,
    get estimatedWaitMs() {
      return executor.snapshot().queue.estimatedWaitMs ?? 0;
    },
    async start() {
      try {
        await slots[0]?.load();
        failure = null;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
    },
    unreadyReason() {
      if (slots.some(({ loaded }) => loaded)) return null;
      return failure === null
        ? 'The engine is still loading.'
        : `The engine does not load: ${failure}`;
    },
    run: (request, runOptions) => submit(executor, request, runOptions),
    status: () => ({ loaded: slots.filter(({ loaded }) => loaded).length, ...executor.snapshot() }),
    drain: (graceMs) => executor.drain(graceMs),
  };
}
