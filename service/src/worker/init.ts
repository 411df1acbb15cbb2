/** What a worker is told once, before its first job. JSON-safe. */
import type { EngineId } from '../contract.ts';
import type { EngineSettings } from '../engines/registry.ts';

export interface WorkerInit extends EngineSettings {
  readonly engine: EngineId;
}
