/** Messages between the server and one of its threads. */
import type { TaskErrorFields } from '../pool/index.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { WorkerInit } from './init.ts';

export type ToThread =
  | { readonly type: 'init'; readonly init: WorkerInit }
  | { readonly type: 'run'; readonly id: number; readonly request: JobRequest }
  | { readonly type: 'cancel'; readonly id: number };

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: TaskErrorFields }
  | { readonly type: 'progress'; readonly id: number }
  | { readonly type: 'extend'; readonly id: number; readonly totalMs: number }
  | { readonly type: 'reply'; readonly id: number; readonly reply: JobReply }
  | { readonly type: 'error'; readonly id: number; readonly error: TaskErrorFields };
