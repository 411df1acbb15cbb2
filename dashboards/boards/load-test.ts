/** Board: what do users see under load, and what does the service do meanwhile? */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { METRICS } from '../../service/src/contract.ts';
import { CONFIG, TRANSCRIPTION_ROUTES } from '../config.ts';
import { createBoard } from '../lib/board.ts';
import { CPU_QUERIES } from '../lib/container.ts';
import { BOARD_TESTS, K6_SERIES, TEST_VARIABLE } from '../lib/k6.ts';
import { stat, timeseries } from '../lib/panels.ts';
import { BOARD, increase, max, min, rate, select, share, sum } from '../lib/promql.ts';

/** Tests add up, and the worst of them counts. */
const counted = (series: string, ...by: string[]) => sum(rate(BOARD_TESTS, series), by);
const worst = (series: string) => max(select(BOARD_TESTS, series));
const tolerated = 1 - CONFIG.availability.objective;

const glance = [
  stat({
    title: 'Time per second of audio',
    description: `Queue, decode and engine seconds per second of audio, P95 since the test began, as the answers say. Good: below ${CONFIG.latency.realTimeFactor}. Above: see "Queue and workers".`,
    unit: units.Short,
    decimals: 2,
    thresholds: [{ value: CONFIG.latency.realTimeFactor, colour: 'red' }],
    queries: [{ expr: worst(K6_SERIES.realTimeFactor.p95), legend: 'P95' }],
  }),
  stat({
    title: 'Turned away',
    description:
      'Requests since the test began that met 429, or 503 for want of room, of all. Good: none up to the load you promise; beyond it, this instead of failures.',
    unit: units.PercentUnit,
    decimals: 2,
    thresholds: [{ value: tolerated, colour: 'yellow' }],
    queries: [{ expr: worst(K6_SERIES.rejectedShare), legend: 'turned away' }],
  }),
  stat({
    title: 'Failed',
    description:
      'Requests since the test began that were neither answered nor turned away, of all. Good: none, under any load. "Requests by outcome" has their codes.',
    unit: units.PercentUnit,
    decimals: 2,
    thresholds: [
      { value: 0.0001, colour: 'yellow' },
      { value: tolerated, colour: 'red' },
    ],
    queries: [{ expr: worst(K6_SERIES.failedShare), legend: 'failed' }],
  }),
  stat({
    title: 'Checks that held',
    description:
      'Answers since the test began with text, the length of their recording, the right engine and isolation; the check that held least. Good: 100 %. Below: k6 names the check at its end.',
    unit: units.PercentUnit,
    decimals: 2,
    base: 'red',
    thresholds: [{ value: 0.99, colour: 'green' }],
    queries: [{ expr: min(select(BOARD_TESTS, K6_SERIES.checks)), legend: 'held' }],
  }),
];

/** Left what k6 saw, right what the service did. */
const sideBySide = [
  timeseries({
    title: 'Requests by outcome',
    description:
      'Requests a second as users saw them. Good: answered alone; at the limit some turned away, none failed. `never sent`: all users were waiting when an open test wanted another request, so its load was less than asked.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [
      { expr: counted(K6_SERIES.answered), legend: 'answered' },
      { expr: counted(K6_SERIES.rejected, 'code'), legend: 'turned away {{code}}' },
      { expr: counted(K6_SERIES.failed, 'code'), legend: 'failed {{code}}' },
      { expr: counted(K6_SERIES.droppedIterations), legend: 'never sent' },
    ],
  }),
  timeseries({
    title: 'Answers by status',
    description:
      'Answers a second as the service counts them. Good: as many as users saw. More: other callers; fewer: requests got lost on the way. 499: the test gave up first.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [
      {
        expr: sum(rate(BOARD, METRICS.httpRequests, TRANSCRIPTION_ROUTES), ['status']),
        legend: '{{status}}',
      },
    ],
  }),
  timeseries({
    title: 'Answer time',
    description:
      'From the first byte sent to the last received, of answered requests since the test began: a bad minute lifts the lines and they sink slowly. Good: flat while users are added; a bend upwards is the capacity.',
    unit: units.Seconds,
    queries: [
      { expr: worst(K6_SERIES.answerDuration.p50), legend: 'P50' },
      { expr: worst(K6_SERIES.answerDuration.p95), legend: 'P95' },
      { expr: worst(K6_SERIES.answerDuration.p99), legend: 'P99' },
      { expr: worst(K6_SERIES.answerDuration.max), legend: 'longest' },
    ],
  }),
  timeseries({
    title: 'Queue and workers',
    description:
      'Tasks that wait, workers with a task, and workers in all. Good: busy ones below all. All busy and a queue that grows is saturation: answer times follow it.',
    unit: units.Short,
    decimals: 0,
    queries: [
      { expr: sum(select(BOARD, METRICS.poolQueueDepth)), legend: 'waiting' },
      { expr: sum(select(BOARD, METRICS.poolWorkers, 'state="busy"')), legend: 'busy' },
      { expr: sum(select(BOARD, METRICS.poolSize)), legend: 'workers' },
    ],
  }),
  timeseries({
    title: 'Users',
    description:
      'Users at work, and users at hand. Good: the shape of the mode. In spike, breakpoint and recycle the users at hand are spare: all at work means requests that are never sent.',
    unit: units.Short,
    decimals: 0,
    queries: [
      { expr: sum(select(BOARD_TESTS, K6_SERIES.users)), legend: 'at work' },
      { expr: sum(select(BOARD_TESTS, K6_SERIES.usersAtHand)), legend: 'at hand' },
    ],
  }),
  timeseries({
    title: 'CPU',
    description:
      'Cores in use by the server process, and by the whole container with its workers. Good: the container at its limit only when all workers are busy, the server far below one core. k6 on the same machine takes its share.',
    unit: units.Short,
    queries: CPU_QUERIES,
  }),
  timeseries({
    title: 'Word error rate',
    description:
      'Words wrong, missing or too many, over words of the reference transcripts. Good: the same under load as without; a rise with the load means that answers are cut or mixed up.',
    unit: units.PercentUnit,
    queries: [
      {
        expr: share(counted(K6_SERIES.wordErrors), counted(K6_SERIES.referenceWords)),
        legend: 'word errors',
      },
    ],
  }),
  timeseries({
    title: 'Server against workers',
    description:
      'Resident bytes of the server process and of all its workers. Good: the server flat, whatever the load; workers rise and fall with recycles.',
    unit: units.BytesIEC,
    queries: [
      {
        expr: max(select(BOARD, METRICS.processMemory, 'process="parent"'), ['instance']),
        legend: 'server {{instance}}',
      },
      {
        expr: max(select(BOARD, METRICS.processMemory, 'process="workers"'), ['instance']),
        legend: 'workers {{instance}}',
      },
    ],
  }),
  timeseries({
    title: 'Network',
    description:
      'Bytes a second between k6 and the service. Good: sent follows the requests. A ceiling that the requests do not explain is the line, and the test measures it instead of the service.',
    unit: units.BytesPerSecondIEC,
    queries: [
      { expr: counted(K6_SERIES.bytesSent), legend: 'sent' },
      { expr: counted(K6_SERIES.bytesReceived), legend: 'received' },
    ],
  }),
  timeseries({
    title: 'Recycles by reason',
    description:
      'Worker processes replaced as planned. Good: users notice nothing: no failure and no longer answers at the bars.',
    unit: units.Short,
    bars: true,
    stacked: true,
    queries: [
      { expr: sum(increase(BOARD, METRICS.poolRecycles), ['reason']), legend: '{{reason}}' },
    ],
  }),
];

export const loadTest = createBoard({
  uid: 'stt-load-test',
  title: 'Speech to text / Load test',
  description: 'What do users see under load, and what does the service do meanwhile?',
  variables: [TEST_VARIABLE],
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'What users saw, and what the service did', panels: sideBySide },
  ],
});
