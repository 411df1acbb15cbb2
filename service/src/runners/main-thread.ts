/** The main thread as a place to run: while the engine works, nothing else does. */
import type { Engine } from '../engines/engine.ts';
import { createEngine } from '../engines/registry.ts';
import type { WorkerInit } from '../worker/init.ts';
import { runJob } from '../worker/run-job.ts';
import type { Slot } from './in-process-runner.ts';

export function createMainThreadSlot(init: WorkerInit): Slot {
  let loading: Promise<Engine> | undefined;
  let loaded = false;

  async function loadEngine(): Promise<Engine> {
    try {
      const engine = await createEngine(init.engine, init);
      await engine.load();
      loaded = true;
      return engine;
    } catch (error) {
      // The next request tries again.
      loading = undefined;
      throw error;
    }
  }

  return {
    get loaded() {
      return loaded;
    },
    async load() {
      await (loading ??= loadEngine());
    },
    async run(request, control) {
      return runJob(await (loading ??= loadEngine()), request, control);
    },
  };
}
