/** One job on one engine, the same in a process, a thread and the main thread. */
import { openAudio, OUTPUT_SAMPLE_RATE } from '../audio/index.ts';
import type { AudioSource, Engine, Segment } from '../engines/engine.ts';
import { AppError } from '../errors.ts';
import type { JobBudget, JobReply, JobRequest } from '../transcription/job.ts';

/** Signs of life are sent at most this often. */
const PROGRESS_MS = 1_000;

export interface JobControl {
  readonly signal: AbortSignal;
  /** Says that the job is alive; a job that stays silent is taken for dead. */
  progress(value: null): void;
  /** Says how long the recording is, as soon as that is known. */
  extend(totalMs: number): void;
}

/** Decodes and transcribes one upload. Rejects with an `AppError` for everything that is the recording's fault. */
export async function runJob(
  engine: Engine,
  request: JobRequest,
  control: JobControl,
): Promise<JobReply> {
  const startedAt = performance.now();
  let decodeMs = 0;
  let samples = 0;
  let claimedSeconds = 0;
  let reportedSeconds: number | null = null;
  let lastProgress = startedAt;

  const progress = () => {
    const now = performance.now();
    if (now - lastProgress < PROGRESS_MS) return;
    lastProgress = now;
    control.progress(null);
  };

  async function* pcm(): AsyncGenerator<Float32Array, void, void> {
    let mark = performance.now();
    const audio = await openAudio(request.path, {
      maxSeconds: request.maxAudioSeconds,
      signal: control.signal,
    });
    try {
      const claimed = audio.durationSeconds;
      if (claimed !== null && claimed > 0) {
        checkBudget(claimed, request.budget);
        claimedSeconds = Math.min(claimed, request.maxAudioSeconds);
        control.extend(claimedSeconds * 1000);
      }
      for await (const block of audio.pcm()) {
        decodeMs += performance.now() - mark;
        samples += block.length;
        const heard = samples / OUTPUT_SAMPLE_RATE;
        // A container may understate its length; what was decoded counts.
        if (heard > claimedSeconds) control.extend((claimedSeconds = heard + 60) * 1000);
        progress();
        yield block;
        mark = performance.now();
      }
      decodeMs += performance.now() - mark;
    } finally {
      await audio.close();
    }
  }

  async function claimed(): Promise<number | null> {
    let seconds: number | null = null;
    try {
      const audio = await openAudio(request.path, { maxSeconds: request.maxAudioSeconds });
      seconds = audio.durationSeconds;
      await audio.close();
    } catch (error) {
      // Only the limit is ours to judge: an engine that takes the file as it is may read what we cannot.
      if (error instanceof AppError && error.code === 'audio_too_long') throw error;
    }
    if (seconds === null || seconds === 0) return null;
    checkBudget(seconds, request.budget);
    control.extend(seconds * 1000);
    return seconds;
  }

  const segments: Segment[] = [];
  const source: AudioSource = {
    path: request.path,
    bytes: request.bytes,
    pcm,
    claimedSeconds: claimed,
    reportSeconds: (seconds) => (reportedSeconds = seconds),
  };
  const options = { language: request.language, token: request.token, alive: progress };
  for await (const segment of engine.transcribe(source, options, control.signal)) {
    segments.push(segment);
    progress();
  }
  return {
    segments,
    language: request.language === 'auto' ? heardLanguage(segments, engine) : request.language,
    audioSeconds: reportedSeconds ?? samples / OUTPUT_SAMPLE_RATE,
    decodeMs,
    transcribeMs: performance.now() - startedAt - decodeMs,
  };
}

/** What was spoken for the longest time, or what the engine speaks where it speaks but one language. */
function heardLanguage(segments: readonly Segment[], engine: Engine): string {
  const seconds = new Map<string, number>();
  for (const { language, start, end } of segments) {
    if (language !== undefined) seconds.set(language, (seconds.get(language) ?? 0) + end - start);
  }
  const [heard] = [...seconds].toSorted(([, one], [, other]) => other - one);
  const { languages } = engine.support;
  return heard?.[0] ?? (languages.length === 1 ? languages[0] : undefined) ?? 'und';
}

function checkBudget(audioSeconds: number, budget: JobBudget | null): void {
  if (budget === null || budget.realTimeFactor === null) return;
  const needed = audioSeconds * budget.realTimeFactor;
  const left = (budget.endsAt - Date.now()) / 1000;
  if (needed <= left) return;
  throw new AppError(
    'audio_too_long',
    `The recording has ${audioSeconds.toFixed(1)} s and would need about ${needed.toFixed(1)} s of work; ` +
      `${Math.max(0, left).toFixed(1)} s of the budget of ${budget.seconds} s (STT_REQUEST_BUDGET) are left. ` +
      'Send it in shorter parts.',
  );
}
