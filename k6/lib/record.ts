/** Puts what came back into the measurements. */
import { check } from 'k6';
import { checksOf } from './answers.ts';
import type { Outcome } from './answers.ts';
import * as metrics from './metrics.ts';
import type { Recording } from './recordings.ts';
import type { Settings } from './settings.ts';
import { countWordErrors } from './word-errors.ts';

/** `durationMs` is from the first byte sent to the last received. */
export function record(
  outcome: Outcome,
  recording: Recording,
  durationMs: number,
  settings: Settings,
): void {
  metrics.failedShare.add(outcome.kind === 'failed');
  metrics.rejectedShare.add(outcome.kind === 'rejected');
  if (outcome.kind === 'failed') metrics.failed.add(1, { code: outcome.code });
  if (outcome.kind === 'rejected') {
    metrics.rejected.add(1, { code: outcome.code });
    metrics.rejectionDuration.add(durationMs);
  }
  if (outcome.kind !== 'answered') return;
  const { answer } = outcome;
  metrics.answered.add(1);
  metrics.answerDuration.add(durationMs);
  metrics.queueDuration.add(answer.queueMs);
  metrics.transcribeDuration.add(answer.transcribeMs);
  metrics.audioSeconds.add(answer.durationSeconds);
  if (answer.durationSeconds > 0) {
    metrics.realTimeFactor.add(answer.totalMs / 1000 / answer.durationSeconds);
  }
  const results = checksOf(answer, recording, settings);
  check(
    null,
    Object.fromEntries(Object.entries(results).map(([name, holds]) => [name, () => holds])),
  );
  if (recording.text === '') return;
  const { words, errors } = countWordErrors(recording.text, answer.text);
  metrics.referenceWords.add(words);
  metrics.wordErrors.add(errors);
}
