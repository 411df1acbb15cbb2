/** How SttLatencyBudgetBurn behaves: a minute has 60 transcriptions unless said. */
import { METRICS, PATHS } from '../../../service/src/contract.ts';
import { CONFIG } from '../../config.ts';
import type { AlertCase } from '../../test/promtool.ts';
import { NOTHING, requests, scraped } from './series.ts';

const alert = 'SttLatencyBudgetBurn';
const burning = (...longs: string[]) =>
  CONFIG.burnWindows
    .filter(({ long }) => longs.includes(long))
    .map(({ long, short, severity }) => ({ job: CONFIG.job, long, short, severity }));
const route = PATHS.transcriptionsIsolated;
const inTime = (le = '1') => scraped(`${METRICS.requestRealTimeFactor}_bucket`, { route, le });
const all = scraped(`${METRICS.requestRealTimeFactor}_count`, { route });
const DAYS = { evaluationInterval: '30m' } as const;

export const LATENCY_CASES: readonly AlertCase[] = [
  {
    alert,
    does: 'fires within minutes when most transcriptions are slower than speech',
    series: { [requests(200)]: '0+60x20', [all]: '0+60x20', [inTime()]: '0+6x20' },
    at: { '10m': burning('1h') },
    description:
      '90% of the transcriptions took over 1 s a second of audio over 1h on stt-service: the error budget burns 14.4 times as fast as the objective of 95% allows.',
  },
  {
    alert,
    does: 'reads the bound as Prometheus 3 writes it',
    series: { [requests(200)]: '0+60x20', [all]: '0+60x20', [inTime('1.0')]: '0+6x20' },
    at: { '10m': burning('1h') },
  },
  {
    alert,
    does: 'is a ticket, no page, when every tenth is slow for days',
    series: { [requests(200)]: '0+100x5800', [all]: '0+100x5800', [inTime()]: '0+90x5800' },
    at: { '4d': burning('3d') },
    ...DAYS,
  },
  {
    alert,
    does: 'stays quiet while the objective is kept',
    series: { [requests(200)]: '0+100x5800', [all]: '0+100x5800', [inTime()]: '0+97x5800' },
    at: { '6h': NOTHING, '4d': NOTHING },
    ...DAYS,
  },
  {
    alert,
    does: 'resolves soon after transcriptions are fast again',
    series: {
      [requests(200)]: '0+60x60',
      [all]: '0+60x60',
      [inTime()]: '0+6x30 186+60x30',
    },
    at: { '30m': burning('1h', '6h'), '55m': burning('6h').slice(1) },
  },
  {
    alert,
    does: 'stays quiet at night, when the only transcription of an hour is slow',
    series: { [requests(200)]: '0x30 1x30', [all]: '0x30 1x30', [inTime()]: '0x60' },
    at: { '31m': NOTHING, '35m': NOTHING, '1h': NOTHING },
  },
  {
    alert,
    does: 'takes a restart for no slowness, and goes on firing through one',
    series: {
      [requests(200)]: '0+60x15 0+60x15',
      [all]: '0+60x15 0+60x15',
      [inTime()]: '0+6x15 0+6x15',
    },
    at: { '14m': burning('1h'), '17m': burning('1h'), '25m': burning('1h', '6h') },
  },
  {
    alert,
    does: 'stays quiet through a restart of a fast service',
    series: {
      [requests(200)]: '0+60x30 0+60x30',
      [all]: '0+60x30 0+60x30',
      [inTime()]: '0+60x30 0+60x30',
    },
    at: { '31m': NOTHING, '36m': NOTHING },
  },
  {
    alert,
    does: 'stays quiet through a gap in the data, and without any',
    series: {
      [requests(200)]: '0+60x20 _x20 2400+60x20',
      [all]: '0+60x20 _x20 2400+60x20',
      [inTime()]: '0+60x20 _x20 2400+60x20',
    },
    at: { '30m': NOTHING, '41m': NOTHING, '50m': NOTHING, '2h': NOTHING },
  },
];
