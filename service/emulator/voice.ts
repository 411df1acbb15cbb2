/** Who speaks: the script, or an embedded engine that listens to what came. */
import { createEngine } from '../src/engines/registry.ts';
import { OUTPUT_SAMPLE_RATE } from '../src/audio/index.ts';
import type { Settings } from './options.ts';
import { certainPhrases, scriptFor, spoken } from './script.ts';
import type { ScriptPhrase } from './script.ts';

/** What came, in one way or the other. */
export interface Heard {
  readonly seconds: number;
  /** Empty unless the voice asked for samples: 16 kHz, mono, -1..1. */
  readonly samples: readonly Float32Array[];
  readonly locale: string;
}

export interface Voice {
  readonly needsSamples: boolean;
  /** The phrases from number `from` on that are certain in the middle of the audio. */
  soFar(heardSeconds: number, from: number, locale: string): readonly ScriptPhrase[];
  phrases(heard: Heard): Promise<readonly ScriptPhrase[]>;
  close(): Promise<void>;
}

export function createVoice(engine: Settings['engine']): Voice {
  return engine === 'script' ? SCRIPT : engineVoice(engine);
}

const SCRIPT: Voice = {
  needsSamples: false,
  soFar: certainPhrases,
  phrases: async ({ seconds, locale }) => scriptFor(seconds, locale),
  close: async () => undefined,
};

function engineVoice(id: 'moonshine-tiny'): Voice {
  const loaded = load(id);
  // Whoever asks first sees the failure; until then nobody is there to handle it.
  loaded.catch(() => undefined);
  // An engine takes one task at a time.
  let turn: Promise<unknown> = Promise.resolve();

  return {
    needsSamples: true,
    soFar: () => [],
    phrases(heard) {
      const mine = turn.then(async () => listen(await loaded, heard));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await turn;
      await (await loaded.catch(() => null))?.close();
    },
  };
}

async function load(id: 'moonshine-tiny') {
  const engine = await createEngine(id);
  await engine.load();
  return engine;
}

async function listen(
  engine: Awaited<ReturnType<typeof load>>,
  { samples, seconds }: Heard,
): Promise<ScriptPhrase[]> {
  const source = {
    path: '',
    bytes: seconds * OUTPUT_SAMPLE_RATE,
    pcm: async function* () {
      yield* samples;
    },
    claimedSeconds: async () => seconds,
    reportSeconds: () => undefined,
  };
  const phrases: ScriptPhrase[] = [];
  const options = { language: 'en', token: null, alive: () => undefined };
  for await (const segment of engine.transcribe(source, options, new AbortController().signal)) {
    const { start, end, text, confidence } = segment;
    phrases.push({
      start,
      end,
      display: text,
      confidence: confidence ?? 1,
      ...spoken(text, start, end),
    });
  }
  return phrases;
}
