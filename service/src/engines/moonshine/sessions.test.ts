import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { greedyDecode } from './greedy-decode.ts';
import { packagedFiles } from './model-files.ts';
import { openPublishedSessions } from './published-model.ts';
import { decoded, SAMPLE_RATE } from './sample-audio.ts';
import { type MoonshineSessions, openSessions } from './sessions.ts';
import { SHAPES } from './shapes.ts';
import { textOf } from './tokenizer.ts';

const SAMPLES = join(import.meta.dirname, '../../../../samples');

/** Both sizes are sure of every word here; a doubtful one can tip over with the rounding of another order of sums. */
const CLEAR_CLIPS = ['report.flac', 'window.ogg'];

async function heard(sessions: MoonshineSessions, samples: Float32Array): Promise<string> {
  const signal = new AbortController().signal;
  const decoder = await sessions.encode(samples);
  return textOf((await greedyDecode(decoder, samples.length / SAMPLE_RATE, signal)).tokens);
}

describe.each(['base', 'tiny'] as const)('rebuilt graphs of %s', (size) => {
  it('say the same as the published model files', async () => {
    const rebuilt = await openSessions(packagedFiles(size), SHAPES[size], 1);
    const published = await openPublishedSessions(size);
    const clips = await Promise.all(CLEAR_CLIPS.map((file) => decoded(join(SAMPLES, file))));
    for (const clip of clips) {
      const text = await heard(rebuilt, clip);
      expect(text.length).toBeGreaterThan(10);
      expect(text).toBe(await heard(published, clip));
    }
    await rebuilt.close();
    await published.close();
  });
});
