/** What a pool of workers needs of memory, wherever it runs. Pure. */
import type { EngineId } from '../../service/src/contract.ts';

/** MiB of the server process itself. */
const SERVER_MIB = 150;

/**
 * MiB that one worker adds. Measured: 105 MB resident with an Azure engine (docs/performance.md), 139 MB of its own with
 * moonshine-base.
 */
const WORKER_MIB: Readonly<Record<EngineId, number>> = {
  'azure-speech': 110,
  'azure-fast': 110,
  'moonshine-base': 160,
  'moonshine-tiny': 120,
};

/** MiB that a replica of so many workers is planned to use; a fallback engine keeps one worker warm. */
export function neededMib(engine: EngineId, workers: number, fallback: EngineId | null): number {
  return SERVER_MIB + workers * WORKER_MIB[engine] + (fallback === null ? 0 : WORKER_MIB[fallback]);
}

/** Workers by default: many where they wait for Azure, a core each where they compute. */
export function defaultWorkers(engine: EngineId, cpu: number): number {
  return engine.startsWith('azure-') ? 12 : Math.max(1, Math.floor(cpu));
}
