/** Entry of a thread of the server process: loads one engine, then runs one job at a time. */
import type { Engine } from '../engines/engine.ts';
import { createEngine } from '../engines/registry.ts';
import { toErrorFields } from '../pool/index.ts';
import type { JobRequest } from '../transcription/job.ts';
import { runJob } from './run-job.ts';
import type { FromThread, ToThread } from './thread-protocol.ts';

declare const self: Worker;

let engine: Engine;
let current: { readonly id: number; readonly abort: AbortController } | undefined;

const send = (message: FromThread) => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ToThread>) => {
  if (data.type === 'cancel') {
    if (current?.id === data.id) current.abort.abort();
  } else if (data.type === 'run') {
    void run(data.id, data.request);
  } else {
    void load(data.init);
  }
});

async function load(init: Extract<ToThread, { type: 'init' }>['init']): Promise<void> {
  try {
    engine = await createEngine(init.engine, init);
    await engine.load();
    send({ type: 'ready' });
  } catch (error) {
    send({ type: 'init-failed', error: toErrorFields(error) });
  }
}

async function run(id: number, request: JobRequest): Promise<void> {
  const abort = new AbortController();
  current = { id, abort };
  try {
    const reply = await runJob(engine, request, {
      signal: abort.signal,
      progress: () => send({ type: 'progress', id }),
      extend: (totalMs) => send({ type: 'extend', id, totalMs }),
    });
    send({ type: 'reply', id, reply });
  } catch (error) {
    send({ type: 'error', id, error: toErrorFields(error) });
  } finally {
    current = undefined;
  }
}
