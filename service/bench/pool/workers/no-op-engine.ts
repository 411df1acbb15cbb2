/** An engine that decodes the recording and recognises nothing: what is left is the cost of everything around it. */
import type { Engine } from '../../../src/engines/engine.ts';
import { serve } from '../../../src/pool/child.ts';
import type { JobReply, JobRequest } from '../../../src/transcription/job.ts';
import { runJob } from '../../../src/worker/run-job.ts';

export const NO_OP_ENGINE: Engine = {
  id: 'no-op',
  support: { languages: ['en'], words: false, maxAudioSeconds: null, memoryMb: 1 },
  load: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async *transcribe(source) {
    let samples = 0;
    for await (const block of source.pcm()) samples += block.length;
    yield { start: 0, end: samples / 16_000, text: 'nothing', confidence: null };
  },
};

if (process.send !== undefined) {
  serve<unknown, JobRequest, JobReply, null>({
    run: (request, control) => runJob(NO_OP_ENGINE, request, control),
  });
}
