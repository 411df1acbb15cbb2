import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { input, runner, transcriberOf, works } from './fixtures/transcriber.ts';
import type { Work } from './fixtures/transcriber.ts';
import type { JobRequest } from './job.ts';

const unavailable = () =>
  Promise.reject(new AppError('engine_unavailable', 'The engine does not start.'));

describe('a transcription', () => {
  it('is measured: queue, decode and engine over the seconds of audio', async () => {
    const { metrics, transcribe } = transcriberOf({ 'moonshine-base': runner(works) });
    const transcript = await transcribe(input());
    expect(transcript).toMatchObject({ text: 'Words.', engine: 'moonshine-base', confidence: 0.9 });
    expect(transcript.timings).toMatchObject({ queue_ms: 500, decode_ms: 100, transcribe_ms: 900 });
    const text = await metrics.registry.metrics();
    expect(text).toContain('stt_real_time_factor_sum{engine="moonshine-base"} 0.45');
    expect(text).toContain(
      'stt_request_real_time_factor_sum{route="/transcriptions/process-isolated"} 0.75',
    );
    expect(text).toContain('stt_audio_seconds_total{engine="moonshine-base"} 2');
  });

  it('that fails is counted under its code', async () => {
    const { metrics, transcribe } = transcriberOf({ 'moonshine-base': runner(unavailable) });
    await expect(transcribe(input())).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(await metrics.registry.metrics()).toContain(
      'stt_transcriptions_total{engine="moonshine-base",isolation="process",outcome="engine_unavailable"} 1',
    );
  });
});

describe('the fallback engine', () => {
  const fallbackEngine = 'moonshine-tiny';

  it('answers while the circuit of the first one is open, and the answer says who spoke', async () => {
    const { metrics, transcribe } = transcriberOf(
      {
        'moonshine-base': runner(() => Promise.reject(new Error('asked')), { circuitOpen: true }),
        'moonshine-tiny': runner(works),
      },
      { fallbackEngine },
    );
    expect((await transcribe(input())).engine).toBe('moonshine-tiny');
    expect(await metrics.registry.metrics()).toContain(
      'stt_engine_fallbacks_total{from="moonshine-base",to="moonshine-tiny"} 1',
    );
  });

  it('answers when the first one turns out not to start', async () => {
    const { transcribe } = transcriberOf(
      { 'moonshine-base': runner(unavailable), 'moonshine-tiny': runner(works) },
      { fallbackEngine },
    );
    expect((await transcribe(input())).engine).toBe('moonshine-tiny');
  });

  it("is not asked for a fault of the recording's own", async () => {
    const broken = () => Promise.reject(new AppError('audio_undecodable', 'Broken.'));
    const { transcribe } = transcriberOf(
      { 'moonshine-base': runner(broken), 'moonshine-tiny': runner(works) },
      { fallbackEngine },
    );
    await expect(transcribe(input())).rejects.toMatchObject({ code: 'audio_undecodable' });
  });

  it('is not asked when the request named its engine', async () => {
    const { transcribe } = transcriberOf(
      { 'moonshine-base': runner(unavailable), 'moonshine-tiny': runner(works) },
      { fallbackEngine },
    );
    const options = { engine: 'moonshine-base', engineNamed: true, language: 'auto' } as const;
    await expect(transcribe(input({ options }))).rejects.toMatchObject({
      code: 'engine_unavailable',
    });
  });
});

describe('the request budget', () => {
  const requestBudgetMs = 200_000;

  it('travels with the job: when it ends, and the pace measured so far', async () => {
    const jobs: JobRequest[] = [];
    const { transcribe } = transcriberOf(
      {
        'moonshine-base': runner((request) => {
          jobs.push(request);
          return works(request, undefined as never);
        }),
      },
      { requestBudgetMs },
    );
    await transcribe(input());
    await transcribe(input());
    expect(jobs[0]?.budget).toMatchObject({ seconds: 200, realTimeFactor: null });
    expect(jobs[1]?.budget?.realTimeFactor).toBeCloseTo(0.5);
    expect((jobs[0]?.budget?.endsAt ?? 0) - Date.now()).toBeLessThanOrEqual(requestBudgetMs);
  });

  it('refuses at once what would wait longer, and says when to come back', async () => {
    const { transcribe } = transcriberOf(
      { 'moonshine-base': runner(works, { estimatedWaitMs: 300_000 }) },
      { requestBudgetMs },
    );
    await expect(transcribe(input())).rejects.toMatchObject({
      code: 'queue_timeout',
      retryAfterSeconds: 300,
    });
  });

  it('ends work that overruns it', async () => {
    const stopped: unknown[] = [];
    const endless: Work = (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.push(signal.reason);
          reject(signal.reason as Error);
        });
      });
    const { transcribe } = transcriberOf(
      { 'moonshine-base': runner(endless) },
      { requestBudgetMs: 50 },
    );
    await expect(transcribe(input())).rejects.toMatchObject({ code: 'transcription_timeout' });
    expect(stopped).toHaveLength(1);
  });
});
