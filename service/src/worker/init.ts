/** What a worker is told once, before its first job. JSON-safe. */
import type { EngineId } from '../contract.ts';
import type { Faults } from '../engines/faults.ts';

export interface WorkerInit {
  readonly engine: EngineId;
  readonly faults: Faults | null;
}
