/** One job on one engine, the same in a process, a thread and the main thread. */
import { openAudio, OUTPUT_SAMPLE_RATE } from '../audio/index.ts';
import type { Engine, Segment } from '../engines/engine.ts';
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

  const segments: Segment[] = [];
  const source = { path: request.path, bytes: request.bytes, pcm };
  for await (const segment of engine.transcribe(
    source,
    { language: request.language },
    control.signal,
  )) {
    segments.push(segment);
    progress();
  }
  return {
    segments,
    language:
      request.language === 'auto' ? (engine.support.languages[0] ?? 'und') : request.language,
    audioSeconds: samples / OUTPUT_SAMPLE_RATE,
    decodeMs,
    transcribeMs: performance.now() - startedAt - decodeMs,
  };
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
