import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import type { JobBudget, JobRequest } from '../transcription/job.ts';
import { runJob } from './run-job.ts';

const SAMPLES = join(import.meta.dirname, '../../../samples');
const manifest = (await Bun.file(join(SAMPLES, 'manifest.json')).json()) as {
  file: string;
  format: string;
  seconds: number;
}[];
const clip = manifest.find(({ format }) => format === 'wav') ?? { file: '', seconds: 0 };

/** Listens to everything and says one word. */
const ENGINE: Engine = {
  id: 'listener',
  support: { languages: ['en'], words: false, maxAudioSeconds: null, memoryMb: 1 },
  load: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async *transcribe(source) {
    let heard = 0;
    for await (const block of source.pcm()) heard += block.length;
    yield { start: 0, end: heard / 16_000, text: 'heard', confidence: null };
  },
};

function request(changes: Partial<JobRequest> = {}): JobRequest {
  const path = join(SAMPLES, clip.file);
  return {
    path,
    bytes: statSync(path).size,
    language: 'auto',
    maxAudioSeconds: 60,
    budget: null,
    token: null,
    ...changes,
  };
}

function control() {
  const extended: number[] = [];
  return {
    extended,
    signal: new AbortController().signal,
    progress: () => undefined,
    extend: (totalMs: number) => void extended.push(totalMs),
  };
}

describe('a job', () => {
  it('says how long the recording is before the work, and what it really heard after it', async () => {
    const watched = control();
    const reply = await runJob(ENGINE, request(), watched);
    expect(Math.abs((watched.extended[0] ?? 0) / 1000 - clip.seconds)).toBeLessThan(0.05);
    expect(Math.abs(reply.audioSeconds - clip.seconds)).toBeLessThan(0.05);
    expect(reply.segments).toHaveLength(1);
    expect(reply.language).toBe('en');
    expect(reply.decodeMs).toBeGreaterThan(0);
    expect(reply.transcribeMs).toBeGreaterThanOrEqual(0);
  });

  it('keeps the language that was asked for', async () => {
    expect((await runJob(ENGINE, request({ language: 'en-GB' }), control())).language).toBe(
      'en-GB',
    );
  });

  it('is refused when what is left of the budget is too short for its length', async () => {
    const budget: JobBudget = { endsAt: Date.now() + 1_000, seconds: 240, realTimeFactor: 10 };
    await expect(runJob(ENGINE, request({ budget }), control())).rejects.toMatchObject({
      code: 'audio_too_long',
      message: expect.stringContaining('the budget of 240 s (STT_REQUEST_BUDGET)') as string,
    });
  });

  it('is not refused while nothing is known of the pace', async () => {
    const budget: JobBudget = { endsAt: Date.now() + 1, seconds: 240, realTimeFactor: null };
    expect((await runJob(ENGINE, request({ budget }), control())).segments).toHaveLength(1);
  });

  it('on an engine that takes the file as it is knows its length from the header, and the true one from the engine', async () => {
    const watched = control();
    let claimed: number | null = null;
    const remote: Engine = {
      ...ENGINE,
      async *transcribe(source) {
        claimed = await source.claimedSeconds();
        source.reportSeconds(3.25);
        yield { start: 0, end: 1, text: 'heard', confidence: null };
      },
    };
    const reply = await runJob(remote, request(), watched);
    expect(Math.abs((claimed ?? 0) - clip.seconds)).toBeLessThan(0.05);
    expect(watched.extended).toHaveLength(1);
    expect(reply).toMatchObject({ audioSeconds: 3.25, decodeMs: 0 });
  });

  it('refuses a recording over the limit before anything is sent, but leaves strange files to the engine', async () => {
    const remote: Engine = {
      ...ENGINE,
      async *transcribe(source) {
        yield { start: 0, end: 1, text: String(await source.claimedSeconds()), confidence: null };
      },
    };
    await expect(runJob(remote, request({ maxAudioSeconds: 1 }), control())).rejects.toMatchObject({
      code: 'audio_too_long',
    });
    const strange = request({ path: join(import.meta.dirname, 'run-job.test.ts') });
    expect((await runJob(remote, strange, control())).segments[0]?.text).toBe('null');
  });

  it('names the language that was spoken longest, and none where nothing was said to tell it by', async () => {
    const speaker = (...heard: [string, number][]): Engine => ({
      ...ENGINE,
      support: { ...ENGINE.support, languages: ['de', 'en', 'fr'] },
      async *transcribe() {
        for (const [language, end] of heard) {
          yield { start: 0, end, text: 'words', confidence: null, language };
        }
      },
    });
    const languageOf = async (engine: Engine) =>
      (await runJob(engine, request(), control())).language;
    expect(await languageOf(speaker(['de-DE', 2], ['fr-FR', 3], ['de-DE', 2]))).toBe('de-DE');
    expect(await languageOf(speaker())).toBe('und');
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('cancelled');
    const cancelled = { ...control(), signal: AbortSignal.abort(reason) };
    await expect(runJob(ENGINE, request(), cancelled)).rejects.toBe(reason);
  });
});
