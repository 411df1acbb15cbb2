/** Board: do callers get their words, and in time? */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { METRICS } from '../../service/src/contract.ts';
import { AVAILABILITY, LATENCY } from '../alerts/indicators.ts';
import { CONFIG, TRANSCRIPTION_ROUTES } from '../config.ts';
import { createBoard } from '../lib/board.ts';
import { heatmap, stat, timeseries } from '../lib/panels.ts';
import { percentiles } from '../lib/percentiles.ts';
import { BOARD, complement, increase, rate, select, share, shares, sum } from '../lib/promql.ts';

const requests = (...by: string[]) =>
  sum(rate(BOARD, METRICS.httpRequests, TRANSCRIPTION_ROUTES), by);
const transcriptions = sum(rate(BOARD, METRICS.transcriptions));
const failures = (...by: string[]) => sum(rate(BOARD, METRICS.transcriptions, 'outcome!="ok"'), by);
const audioHours = (...by: string[]) => sum(rate(BOARD, METRICS.audioSeconds), by);

const answered = complement(share(AVAILABILITY.bad(BOARD), AVAILABILITY.all(BOARD)));
const inTime = complement(share(LATENCY.bad(BOARD), LATENCY.all(BOARD)));
const percent = (part: number) => `${Math.round(part * 1000) / 10} %`;

const glance = [
  stat({
    title: 'Requests',
    description: 'Transcription requests a second. Good: what you expect at this hour.',
    unit: units.RequestsPerSecond,
    queries: [{ expr: requests(), legend: 'requests' }],
  }),
  stat({
    title: 'Answered',
    description: `Requests that were neither refused (429, 503) nor failed (5xx). Good: above the objective of ${percent(CONFIG.availability.objective)}. Below: the cause is in "Error ratio by cause".`,
    unit: units.PercentUnit,
    decimals: 2,
    base: 'red',
    thresholds: [{ value: CONFIG.availability.objective, colour: 'green' }],
    queries: [{ expr: answered, legend: 'answered' }],
  }),
  stat({
    title: 'In time',
    description: `Transcriptions that took at most ${CONFIG.latency.realTimeFactor} s a second of audio, queue included. Good: above the objective of ${percent(CONFIG.latency.objective)}. Below: see whether the queue or the engine is slow.`,
    unit: units.PercentUnit,
    decimals: 2,
    base: 'red',
    thresholds: [{ value: CONFIG.latency.objective, colour: 'green' }],
    queries: [{ expr: inTime, legend: 'in time' }],
  }),
  stat({
    title: 'Audio',
    description:
      'Hours of audio transcribed an hour. Good: grows with the requests; a fall while requests stay is a stall.',
    unit: units.Short,
    decimals: 2,
    queries: [{ expr: audioHours(), legend: 'hours an hour' }],
  }),
];

const promises = [
  timeseries({
    title: 'Request rate by route',
    description:
      'Transcription requests a second. Good: follows the callers; a sudden zero means that nothing reaches the service.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [{ expr: requests('route'), legend: '{{route}}' }],
  }),
  timeseries({
    title: 'Answers by status',
    description:
      'Answers a second by HTTP status. Good: 200, some 4xx of callers. 499: the caller left. 503: refused, 5xx: failed.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [{ expr: requests('status'), legend: '{{status}}' }],
  }),
  timeseries({
    title: 'Success rate',
    description: `Share of requests answered and share of transcriptions in time. Good: both above their objectives (${percent(CONFIG.availability.objective)}, ${percent(CONFIG.latency.objective)}).`,
    unit: units.PercentUnit,
    max: 1,
    base: 'red',
    thresholds: [{ value: CONFIG.availability.objective, colour: 'green' }],
    queries: [
      { expr: answered, legend: 'answered' },
      { expr: inTime, legend: 'in time' },
    ],
  }),
  timeseries({
    title: 'Error ratio by cause',
    description:
      'Transcriptions that gave no words, by error code, over all. Good: near zero. `queue_*`: too few workers; `worker_crashed`: board Pool; `engine_*`: board Azure engine; `audio_*`, `unsupported_*`: what callers send.',
    unit: units.PercentUnit,
    stacked: true,
    thresholds: [{ value: 1 - CONFIG.availability.objective, colour: 'red' }],
    queries: [{ expr: shares(failures('outcome'), transcriptions), legend: '{{outcome}}' }],
  }),
  timeseries({
    title: 'Answer time by route',
    description:
      'From the first byte of a request to its answer. Clips differ in length, so judge changes, not values; upload time is in it.',
    unit: units.Seconds,
    queries: percentiles(METRICS.httpRequestDuration, ['route'], TRANSCRIPTION_ROUTES),
  }),
  timeseries({
    title: 'Time per second of audio by route',
    description: `Queue, decode and engine seconds per second of audio. Good: P95 under ${CONFIG.latency.realTimeFactor}. Above it with a flat "Real-time factor by engine": the queue.`,
    unit: units.Short,
    thresholds: [{ value: CONFIG.latency.realTimeFactor, colour: 'red' }],
    queries: percentiles(METRICS.requestRealTimeFactor, ['route']),
  }),
];

const engines = [
  timeseries({
    title: 'Transcriptions by engine and isolation',
    description:
      'Successful transcriptions a second. Good: the engine and the isolation you configured; another engine means fallback.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [
      {
        expr: sum(rate(BOARD, METRICS.transcriptions, 'outcome="ok"'), ['engine', 'isolation']),
        legend: '{{engine}} {{isolation}}',
      },
    ],
  }),
  timeseries({
    title: 'Transcription duration by engine and isolation',
    description:
      'Decode and engine seconds of one transcription. Good: process and thread alike; none is the baseline on the main thread.',
    unit: units.Seconds,
    queries: percentiles(METRICS.transcriptionDuration, ['engine', 'isolation']),
  }),
  timeseries({
    title: 'Real-time factor by engine',
    description:
      'Engine seconds per second of audio, without queue. Good: flat; a rise without load means a slower machine or remote engine.',
    unit: units.Short,
    thresholds: [{ value: 1, colour: 'red' }],
    queries: percentiles(METRICS.realTimeFactor, ['engine']),
  }),
  timeseries({
    title: 'Audio hours per hour by engine',
    description:
      'Hours of audio transcribed an hour. Good: what callers send; its ceiling under load is the capacity.',
    unit: units.Short,
    stacked: true,
    queries: [{ expr: audioHours('engine'), legend: '{{engine}}' }],
  }),
  heatmap({
    title: 'Confidence',
    description:
      "The engine's own confidence. Good: dark near the top. A band that sinks means worse audio or a wrong language.",
    unit: units.PercentUnit,
    queries: [
      {
        expr: sum(increase(BOARD, `${METRICS.transcriptionConfidence}_bucket`), ['le']),
        legend: '{{le}}',
      },
    ],
  }),
  timeseries({
    title: 'Clients that left',
    description:
      'Requests a second whose client was gone before the answer. Good: near zero; a rise says that callers wait too long or have short timeouts.',
    unit: units.RequestsPerSecond,
    queries: [{ expr: sum(rate(BOARD, METRICS.cancelled)), legend: 'left' }],
  }),
];

const uploads = [
  timeseries({
    title: 'Length of recordings',
    description:
      'Seconds of audio of one recording. Good: no jump; longer recordings explain longer answers.',
    unit: units.Seconds,
    queries: percentiles(METRICS.audioDuration, ['engine']),
  }),
  timeseries({
    title: 'Size of uploads',
    description: 'Bytes of one upload. Good: far below STT_MAX_FILE_SIZE_MB.',
    unit: units.BytesIEC,
    queries: percentiles(METRICS.uploadBytes),
  }),
  timeseries({
    title: 'Decode time',
    description:
      'Seconds of decoding one recording. Good: a small part of the transcription duration; long: long or odd files.',
    unit: units.Seconds,
    queries: percentiles(METRICS.decodeDuration),
  }),
];

const keys = [
  timeseries({
    title: 'Requests by key',
    description: 'Requests a second that a key let in, by its name. Good: the callers you know.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [
      {
        expr: sum(rate(BOARD, METRICS.keyRequests, 'outcome="accepted"'), ['key']),
        legend: '{{key}}',
      },
    ],
  }),
  timeseries({
    title: 'Refused for their key',
    description:
      'Requests a second without a good key, over the limit of theirs, or after too many wrong ones. Good: near zero; `unknown unauthorized` that lasts is somebody who guesses, or a caller whose key was revoked.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [
      {
        expr: sum(rate(BOARD, METRICS.keyRequests, 'outcome!="accepted"'), ['key', 'outcome']),
        legend: '{{key}} {{outcome}}',
      },
    ],
  }),
  timeseries({
    title: 'Key file',
    description:
      'Keys that each pod knows, and reads of a changed key file. Good: as many keys on every pod; a read that failed leaves the old keys in force.',
    unit: units.Short,
    queries: [
      { expr: sum(select(BOARD, METRICS.keys), ['instance']), legend: '{{instance}} keys' },
      {
        expr: sum(increase(BOARD, METRICS.keyFileReloads), ['outcome']),
        legend: 'reads {{outcome}}',
      },
    ],
  }),
];

export const overview = createBoard({
  uid: 'stt-overview',
  title: 'Speech to text / Overview',
  description: 'Do callers get their words, and in time? Start here when paged.',
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'Requests', panels: promises },
    { title: 'Engines', panels: engines },
    { title: 'What is sent', collapsed: true, panels: uploads },
    { title: 'Keys', collapsed: true, panels: keys },
  ],
});
