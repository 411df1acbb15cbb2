/** Entry of a pooled subprocess: loads one engine, then runs one job at a time. */
import type { Engine } from '../engines/engine.ts';
import { createEngine } from '../engines/registry.ts';
import { serve } from '../pool/child.ts';
import type { JobReply, JobRequest } from '../transcription/job.ts';
import type { WorkerInit } from './init.ts';
import { runJob } from './run-job.ts';

let engine: Engine;

serve<WorkerInit, JobRequest, JobReply, null>({
  async init({ engine: id, ...settings }) {
    engine = await createEngine(id, settings);
    await engine.load();
  },
  run: (request, control) => runJob(engine, request, control),
});
