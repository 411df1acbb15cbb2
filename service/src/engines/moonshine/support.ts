/** What Moonshine can do, known without loading it. */
import type { EngineSupport } from '../engine.ts';
import type { MoonshineSize } from './model-files.ts';

const MEMORY_MB: Record<MoonshineSize, number> = { base: 320, tiny: 250 };

const supportOf = (size: MoonshineSize): EngineSupport => ({
  languages: ['en'],
  words: false,
  maxAudioSeconds: null,
  memoryMb: MEMORY_MB[size],
});

export const MOONSHINE_SUPPORT: Record<MoonshineSize, EngineSupport> = {
  base: supportOf('base'),
  tiny: supportOf('tiny'),
};
