/** Board: does Azure answer, and what happens while it does not? */
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { ENGINE_FAILURES, METRICS } from '../../service/src/contract.ts';
import { AZURE_ENGINES } from '../config.ts';
import { createBoard } from '../lib/board.ts';
import { stat, timeseries } from '../lib/panels.ts';
import { percentiles } from '../lib/percentiles.ts';
import {
  BOARD,
  complement,
  increase,
  max,
  rate,
  select,
  share,
  shares,
  sum,
} from '../lib/promql.ts';

const AZURE = `engine=~"${AZURE_ENGINES}"`;
/** Faults of the way to Azure, and those of the place where the request ran. */
const FAILED = `outcome=~"${ENGINE_FAILURES.join('|')}|engine_.*|worker_crashed|transcription_timeout|internal"`;
const THROTTLED = 'outcome="throttled"';

const asked = (by: string[] = [], ...matchers: string[]) =>
  sum(rate(BOARD, METRICS.engineRequests, AZURE, ...matchers), by);
const fallbacks = (...by: string[]) => sum(rate(BOARD, METRICS.engineFallbacks), by);
const circuit = (...by: string[]) => max(select(BOARD, METRICS.engineCircuitOpen, AZURE), by);
const OPEN_OR_CLOSED: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: { 0: { text: 'closed', color: 'green' }, 1: { text: 'open', color: 'red' } },
  },
];

const glance = [
  stat({
    title: 'Answered by Azure',
    description:
      'Requests to Azure that did not fail on the way; bad recordings do not count as failures. Good: above 99 %.',
    unit: units.PercentUnit,
    decimals: 2,
    base: 'red',
    thresholds: [
      { value: 0.95, colour: 'yellow' },
      { value: 0.99, colour: 'green' },
    ],
    queries: [{ expr: complement(share(asked([], FAILED), asked())), legend: 'answered' }],
  }),
  stat({
    title: 'Circuit',
    description:
      'Open while an Azure engine is not asked, on any instance. Good: closed. Open: see "Requests by outcome" for the cause.',
    unit: units.Short,
    mappings: OPEN_OR_CLOSED,
    thresholds: [{ value: 1, colour: 'red' }],
    queries: [{ expr: circuit(), legend: 'circuit' }],
  }),
  stat({
    title: 'Fallbacks',
    description:
      'Requests a second that another engine answered. Good: none. They have words, in English only and perhaps worse.',
    unit: units.RequestsPerSecond,
    thresholds: [{ value: 0.001, colour: 'yellow' }],
    queries: [{ expr: fallbacks(), legend: 'fallbacks' }],
  }),
  stat({
    title: 'Failed token requests',
    description:
      'In the last hour. Good: 0. Requests go on with the token in hand until it ends; then all fail.',
    unit: units.Short,
    decimals: 0,
    thresholds: [{ value: 1, colour: 'red' }],
    queries: [
      {
        expr: sum(increase({ ...BOARD, window: '1h' }, METRICS.tokenRefreshes, 'outcome="failed"')),
        legend: 'failed',
      },
    ],
  }),
];

const way = [
  timeseries({
    title: 'Requests by outcome',
    description:
      'Requests to Azure a second, retries included. Good: ok. `authentication`, `forbidden`: identity, role or address; `throttled`: the quota; `service`: Azure itself; `network`: the way there; `timeout`: Azure went silent.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [{ expr: asked(['engine', 'outcome']), legend: '{{engine}} {{outcome}}' }],
  }),
  timeseries({
    title: 'Failures by outcome',
    description: 'Failed requests over all requests to Azure. Good: below 1 %.',
    unit: units.PercentUnit,
    stacked: true,
    thresholds: [{ value: 0.01, colour: 'yellow' }],
    queries: [{ expr: shares(asked(['outcome'], FAILED), asked()), legend: '{{outcome}}' }],
  }),
  timeseries({
    title: 'Throttled',
    description:
      'Share of requests that met the quota of the resource. Good: zero. Rising with the request rate: ask for more quota, or lower STT_AZURE_CONCURRENCY and STT_AZURE_FAST_REQUESTS_PER_MINUTE.',
    unit: units.PercentUnit,
    thresholds: [{ value: 0.01, colour: 'yellow' }],
    queries: [
      {
        expr: share(asked(['engine'], THROTTLED), asked(['engine'])),
        legend: '{{engine}}',
      },
    ],
  }),
  timeseries({
    title: 'Requests to Azure',
    description:
      'A second, retries included. Good: about the request rate of the overview; far above it: retries.',
    unit: units.RequestsPerSecond,
    queries: [{ expr: asked(['engine']), legend: '{{engine}}' }],
  }),
  timeseries({
    title: 'Transcription duration',
    description:
      'Seconds of one transcription at Azure. Good: flat; up while recordings stay as long: Azure or the network is slow.',
    unit: units.Seconds,
    queries: percentiles(METRICS.transcriptionDuration, ['engine'], AZURE),
  }),
  timeseries({
    title: 'Real-time factor',
    description: 'Azure seconds per second of audio. Good: flat and below 1.',
    unit: units.Short,
    thresholds: [{ value: 1, colour: 'red' }],
    queries: percentiles(METRICS.realTimeFactor, ['engine'], AZURE),
  }),
];

const standby = [
  timeseries({
    title: 'Circuit by instance',
    description:
      '1 while an Azure engine is not asked. Good: 0 everywhere. One instance alone: its network or identity; all: Azure or the resource.',
    unit: units.Short,
    max: 1,
    decimals: 0,
    mappings: OPEN_OR_CLOSED,
    queries: [{ expr: circuit('instance', 'engine'), legend: '{{instance}} {{engine}}' }],
  }),
  timeseries({
    title: 'Fallbacks by engine',
    description:
      'Requests a second that another engine answered. Good: none; ends by itself soon after Azure is back.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [{ expr: fallbacks('from', 'to'), legend: '{{from}} → {{to}}' }],
  }),
  timeseries({
    title: 'Token requests by outcome',
    description:
      'Token requests to the identity provider. Good: a few ok an hour and none failed; many: tokens are refused and renewed.',
    unit: units.Short,
    bars: true,
    queries: [
      { expr: sum(increase(BOARD, METRICS.tokenRefreshes), ['outcome']), legend: '{{outcome}}' },
    ],
  }),
];

export const azure = createBoard({
  uid: 'stt-azure',
  title: 'Speech to text / Azure engine',
  description: 'Does Azure answer, and what happens while it does not?',
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'Way to Azure', panels: way },
    { title: 'While it fails', panels: standby },
  ],
});
