/** Entry of k6: `make load-test`, or `k6 run -e TEST_MODE=smoke k6/main.ts`. */
import { sleep } from 'k6';
import exec from 'k6/execution';
import type { RefinedResponse } from 'k6/http';
import type { Options } from 'k6/options';
import { HEADERS } from '../service/src/contract.ts';
import { outcomeOf } from './lib/answers.ts';
import type { Outcome } from './lib/answers.ts';
import { loadShare } from './lib/list-files.ts';
import { workerRecycles } from './lib/metrics.ts';
import { record } from './lib/record.ts';
import { USUAL_LISTS } from './lib/recordings.ts';
import { scenarioFor } from './lib/scenarios.ts';
import { countRecycles, requireReady } from './lib/service-state.ts';
import { summarize } from './lib/summary.ts';
import type { SummaryData } from './lib/summary.ts';
import { printed } from './lib/summary-text.ts';
import { thresholdsFor } from './lib/thresholds.ts';
import { upload } from './lib/upload.ts';
import { settings } from './settings.ts';

/** The first failures of each user are what one wants to read; the thousandth is noise. */
const MAX_LOGGED_FAILURES = 3;

const { list, recordings } = loadShare(settings.audioFilesList, __VU, settings.maxVus);
let loggedFailures = 0;

export const options: Options = {
  scenarios: { [settings.mode]: scenarioFor(settings) },
  thresholds: thresholdsFor(settings),
  summaryTrendStats: ['count', 'min', 'med', 'avg', 'p(90)', 'p(95)', 'p(99)', 'max'],
  // The answers of a long recording may be long as well.
  handleSummaryTimeout: '2m',
  setupTimeout: '30s',
  userAgent: 'stt-load-test',
};

interface Before {
  readonly recycles: number;
}

export function setup(): Before {
  if (settings.audioFilesList === '' && list !== USUAL_LISTS[0]) {
    console.warn(
      `${USUAL_LISTS[0]} is not there: uploading the few recordings of ${list}. make generate-audio-list brings LibriSpeech.`,
    );
  }
  requireReady(settings);
  return { recycles: settings.mode === 'recycle' ? countRecycles(settings) : 0 };
}

export default function iterate(): void {
  const turn = settings.randomAudio
    ? Math.floor(Math.random() * recordings.length)
    : exec.vu.iterationInScenario % recordings.length;
  const recording = recordings[turn];
  if (recording === undefined) throw new Error('There is no recording to upload.');
  const response = upload(recording, settings);
  const outcome = outcomeOf(response.status, response.body, response.error_code);
  record(outcome, recording, response.timings.duration, settings);
  log(outcome, response, recording.seconds);
  if (settings.model === 'closed') {
    const { min, max } = settings.thinkSeconds;
    sleep(min + Math.random() * (max - min));
  }
}

export function teardown({ recycles }: Before): void {
  if (settings.mode === 'recycle') workerRecycles.add(countRecycles(settings) - recycles);
}

export function handleSummary(data: SummaryData): Record<string, string> {
  const summary = summarize(data, settings);
  return {
    stdout: printed(summary),
    ...(settings.summaryFile !== '' && {
      [settings.summaryFile]: `${JSON.stringify(summary, null, 2)}\n`,
    }),
  };
}

/** Never what was said. */
function log(outcome: Outcome, response: RefinedResponse<'text'>, seconds: number): void {
  const request = response.headers[HEADERS.requestId] ?? 'unanswered';
  const ms = Math.round(response.timings.duration);
  const line = `${outcome.kind} after ${ms} ms, ${seconds} s of audio, request ${request}`;
  if (outcome.kind === 'failed' && loggedFailures < MAX_LOGGED_FAILURES) {
    loggedFailures += 1;
    console.error(`${line}: ${outcome.code} ${response.error}`);
  } else if (Math.random() < settings.logSampleRate) {
    console.log(line);
  }
}
