/** What a replica may be given on the Consumption profile, and what a pool of workers needs. Pure. */
import type { EngineId } from '../../service/src/contract.ts';

/** CPU in cores and memory in GiB that Container Apps gives together: twice as many GiB as cores, in steps of a quarter. */
const STEP_CORES = 0.25;
const LARGEST_CORES = 4;
const GIB_PER_CORE = 2;

const MIB_PER_GIB = 1024;

/** Most of a replica's memory that is planned for: the rest is for peaks. */
const PLANNED_SHARE = 0.9;
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

/** A replica's share: `cpu` in cores, `memory` in GiB. */
export interface Size {
  readonly cpu: number;
  readonly memory: number;
}

/** Null where Azure takes the pair, else what is wrong with it. */
export function sizeFault({ cpu, memory }: Size): string | null {
  const steps = cpu / STEP_CORES;
  if (!Number.isInteger(steps) || steps < 1 || cpu > LARGEST_CORES) {
    return `${cpu} cores cannot be: 0.25 to 4 in steps of 0.25`;
  }
  if (memory !== cpu * GIB_PER_CORE) {
    return `${cpu} cores go with ${cpu * GIB_PER_CORE}Gi of memory, not with ${memory}Gi`;
  }
  return null;
}

/** MiB that a replica of so many workers is planned to use; a fallback engine keeps one worker warm. */
export function neededMib(engine: EngineId, workers: number, fallback: EngineId | null): number {
  return SERVER_MIB + workers * WORKER_MIB[engine] + (fallback === null ? 0 : WORKER_MIB[fallback]);
}

/** MiB of a replica that may be planned for. */
export function plannableMib({ memory }: Size): number {
  return Math.floor(memory * MIB_PER_GIB * PLANNED_SHARE);
}

/** Workers by default: many where they wait for Azure, a core each where they compute. */
export function defaultWorkers(engine: EngineId, cpu: number): number {
  return engine.startsWith('azure-') ? 12 : Math.max(1, Math.floor(cpu));
}

/** MiB of the disk that all EmptyDir volumes and writable layers of a replica share, by its cores. */
export function ephemeralMib(cpu: number): number {
  if (cpu <= 0.25) return 1 * MIB_PER_GIB;
  if (cpu <= 0.5) return 2 * MIB_PER_GIB;
  if (cpu <= 1) return 4 * MIB_PER_GIB;
  return 8 * MIB_PER_GIB;
}

/** MB for uploads in flight: half of the disk, and no more than the service takes by default. */
export function spoolMb(cpu: number): number {
  return Math.min(2048, ephemeralMib(cpu) / 2);
}
