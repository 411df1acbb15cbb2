/** What the two Azure engines can do. Apart from them, so that asking loads no SDK. */
import type { EngineSupport } from '../engine.ts';
import { FAST_LOCALES, languagesOf, SPEECH_LOCALES } from './locales.ts';

export const AZURE_SPEECH_SUPPORT: EngineSupport = {
  languages: languagesOf(SPEECH_LOCALES),
  words: true,
  maxAudioSeconds: null,
  memoryMb: 107,
};

export const AZURE_FAST_SUPPORT: EngineSupport = {
  languages: languagesOf(FAST_LOCALES),
  words: true,
  maxAudioSeconds: null,
  memoryMb: 96,
};
