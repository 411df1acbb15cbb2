/** Engine ids → engines. Support facts are known without loading anything heavy. */
import type { EngineId } from '../contract.ts';
import type { AzureSettings } from './azure/settings.ts';
import { AZURE_FAST_SUPPORT, AZURE_SPEECH_SUPPORT } from './azure/support.ts';
import type { Engine, EngineSupport } from './engine.ts';
import { withFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { MOONSHINE_SUPPORT } from './moonshine/support.ts';

/** What an engine needs to know of the configuration. JSON-safe. */
export interface EngineSettings {
  readonly faults: Faults | null;
  /** Null where no Azure engine is configured. */
  readonly azure: AzureSettings | null;
}

const PLAIN: EngineSettings = { faults: null, azure: null };

const SUPPORT: Record<EngineId, EngineSupport> = {
  'moonshine-base': MOONSHINE_SUPPORT.base,
  'moonshine-tiny': MOONSHINE_SUPPORT.tiny,
  'azure-speech': AZURE_SPEECH_SUPPORT,
  'azure-fast': AZURE_FAST_SUPPORT,
};

export function supportOf(engine: EngineId): EngineSupport {
  return SUPPORT[engine];
}

/** A new instance, not loaded yet. The engine's libraries are imported here and not before. */
export async function createEngine(
  id: EngineId,
  settings: EngineSettings = PLAIN,
): Promise<Engine> {
  const engine = await importEngine(id, settings.azure);
  return settings.faults === null ? engine : withFaults(engine, settings.faults);
}

async function importEngine(id: EngineId, azure: AzureSettings | null): Promise<Engine> {
  if (isAzure(id)) {
    if (azure === null) throw new Error(`${id} is not configured.`);
    if (id === 'azure-speech') {
      const { createAzureSpeech } = await import('./azure-speech/index.ts');
      return createAzureSpeech(azure);
    }
    const { createAzureFast } = await import('./azure-fast/index.ts');
    return createAzureFast(azure);
  }
  const { createMoonshine } = await import('./moonshine/index.ts');
  return createMoonshine(id === 'moonshine-base' ? 'base' : 'tiny');
}

/** Whether an engine works for Azure's tokens. */
export function isAzure(id: EngineId): id is 'azure-speech' | 'azure-fast' {
  return id === 'azure-speech' || id === 'azure-fast';
}
