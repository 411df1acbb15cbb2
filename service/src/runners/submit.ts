/** Hands a job to a pool or an executor, which take jobs alike, and speaks our errors. */
import type { RunOptions as TaskOptions, TaskResult } from '../pool/index.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { RunOptions, RunResult } from '../transcription/runner.ts';
import { toAppError } from './run-errors.ts';

interface Target {
  run(request: JobRequest, options: TaskOptions<null>): Promise<TaskResult<JobReply>>;
}

export async function submit(
  target: Target,
  request: JobRequest,
  { signal, costMs }: RunOptions,
): Promise<RunResult> {
  try {
    const { reply, queueMs } = await target.run(request, { signal, costMs, bytes: request.bytes });
    return { reply, queueMs };
  } catch (error) {
    throw toAppError(error);
  }
}
