/** What a replica may be given on the Consumption profile. Pure. */
/** CPU in cores and memory in GiB that Container Apps gives together: twice as many GiB as cores, in steps of a quarter. */
const STEP_CORES = 0.25;
const LARGEST_CORES = 4;
const GIB_PER_CORE = 2;

const MIB_PER_GIB = 1024;

/** Most of a replica's memory that is planned for: the rest is for peaks. */
const PLANNED_SHARE = 0.9;
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

/** MiB of a replica that may be planned for. */
export function plannableMib({ memory }: Size): number {
  return Math.floor(memory * MIB_PER_GIB * PLANNED_SHARE);
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
