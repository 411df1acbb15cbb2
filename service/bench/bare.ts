/** The floor: one process that decodes and transcribes, with no service, no pool and no HTTP around it. */
import { statSync } from 'node:fs';
import type { EngineId } from '../src/contract.ts';
import { createEngine } from '../src/engines/registry.ts';
import { runJob } from '../src/worker/run-job.ts';

export type ToBare =
  | { readonly type: 'load'; readonly engine: EngineId }
  | { readonly type: 'run'; readonly path: string };

const engines: Awaited<ReturnType<typeof createEngine>>[] = [];

process.on('message', (message: ToBare) => void receive(message));

async function receive(message: ToBare): Promise<void> {
  const startedAt = performance.now();
  if (message.type === 'load') {
    const engine = await createEngine(message.engine);
    await engine.load();
    engines.push(engine);
  } else {
    const [engine] = engines;
    if (engine === undefined) throw new Error('run before load');
    await runJob(
      engine,
      {
        path: message.path,
        bytes: statSync(message.path).size,
        language: 'auto',
        maxAudioSeconds: 7200,
        budget: null,
        token: null,
      },
      { signal: new AbortController().signal, progress: () => undefined, extend: () => undefined },
    );
  }
  process.send?.({ ms: performance.now() - startedAt });
}
