/** Engine ids → engines. Support facts are known without loading anything heavy. */
import type { EngineId } from '../contract.ts';
import type { Engine, EngineSupport } from './engine.ts';
import { withFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { MOONSHINE_SUPPORT } from './moonshine/support.ts';

const SUPPORT: Record<EngineId, EngineSupport> = {
  'moonshine-base': MOONSHINE_SUPPORT.base,
  'moonshine-tiny': MOONSHINE_SUPPORT.tiny,
};

export function supportOf(engine: EngineId): EngineSupport {
  return SUPPORT[engine];
}

/** A new instance, not loaded yet. The engine's libraries are imported here and not before. */
export async function createEngine(id: EngineId, faults: Faults | null = null): Promise<Engine> {
  const { createMoonshine } = await import('./moonshine/index.ts');
  const engine = createMoonshine(id === 'moonshine-base' ? 'base' : 'tiny');
  return faults === null ? engine : withFaults(engine, faults);
}
