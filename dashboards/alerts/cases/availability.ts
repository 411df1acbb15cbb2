/** How SttAvailabilityBudgetBurn behaves: a minute has 60 requests unless said. */
import { PATHS } from '../../../service/src/contract.ts';
import { CONFIG } from '../../config.ts';
import type { AlertCase } from '../../test/promtool.ts';
import { NOTHING, requests } from './series.ts';

const alert = 'SttAvailabilityBudgetBurn';
const burning = (...longs: string[]) =>
  CONFIG.burnWindows
    .filter(({ long }) => longs.includes(long))
    .map(({ long, short, severity }) => ({ job: CONFIG.job, long, short, severity }));
/** Four days of a steady share of refused requests, of 1000 a minute. */
const steady = (refused: number) => ({
  [requests(200)]: `0+${1000 - refused}x5800`,
  [requests(503)]: `0+${refused}x5800`,
});
const DAYS = { evaluationInterval: '30m' } as const;

export const AVAILABILITY_CASES: readonly AlertCase[] = [
  {
    alert,
    does: 'fires within minutes when a fifth of all requests is refused',
    series: { [requests(200)]: '0+48x20', [requests(503)]: '0+12x20' },
    at: { '10m': burning('1h') },
    description:
      '20% of the transcription requests were refused or failed over 1h on stt-service: the error budget burns 14.4 times as fast as the objective of 99% allows.',
  },
  {
    alert,
    does: 'fires on all windows at 20 %, and on ever longer ones at 8, 4 and 2 %',
    series: steady(200),
    at: { '4d': burning('1h', '6h', '1d', '3d') },
    ...DAYS,
  },
  {
    alert,
    does: 'leaves the shortest window at 8 %',
    series: steady(80),
    at: { '4d': burning('6h', '1d', '3d') },
    ...DAYS,
  },
  {
    alert,
    does: 'is a ticket, no page, at 4 %',
    series: steady(40),
    at: { '4d': burning('1d', '3d') },
    ...DAYS,
  },
  {
    alert,
    does: 'sees 2 % over three days',
    series: steady(20),
    at: { '4d': burning('3d') },
    ...DAYS,
  },
  {
    alert,
    does: 'stays quiet while the objective is kept',
    series: steady(5),
    at: { '6h': NOTHING, '4d': NOTHING },
    ...DAYS,
  },
  {
    alert,
    does: 'counts 429 and every 5xx as bad: together they are just enough',
    series: {
      [requests(200)]: '0+51x20',
      [requests(429)]: '0+3x20',
      [requests(500)]: '0+3x20',
      [requests(504)]: '0+3x20',
    },
    at: { '10m': burning('1h') },
  },
  {
    alert,
    does: 'fires when nothing but refusals is left',
    series: { [requests(503)]: '0+60x20' },
    at: { '10m': burning('1h') },
  },
  {
    alert,
    does: 'is not diluted by clients that left',
    series: {
      [requests(200)]: '0+40x20',
      [requests(499)]: '0+60x20',
      [requests(503)]: '0+10x20',
    },
    at: { '10m': burning('1h') },
  },
  {
    alert,
    does: 'does not count what callers did: bad input, and clients that left',
    series: {
      [requests(200)]: '0+20x60',
      [requests(415)]: '0+20x60',
      [requests(499)]: '0+20x60',
    },
    at: { '30m': NOTHING, '1h': NOTHING },
  },
  {
    alert,
    does: 'does not count routes without an objective',
    series: {
      [requests(200)]: '0+20x60',
      [requests(503, { route: PATHS.transcriptionsSync })]: '0+20x60',
      [requests(503, { route: PATHS.readiness })]: '0+20x60',
    },
    at: { '30m': NOTHING, '1h': NOTHING },
  },
  {
    alert,
    does: 'resolves soon after the refusals end, while the long window still remembers them',
    series: { [requests(200)]: '0+48x30 1488+60x30', [requests(503)]: '0+12x30 360+0x30' },
    at: { '30m': burning('1h', '6h'), '40m': burning('6h'), '60m': NOTHING },
  },
  {
    alert,
    does: 'does not page for one failure of three requests in an hour',
    series: { [requests(200)]: '0x10 1x25 2x25', [requests(503)]: '0x30 1x30' },
    at: { '31m': NOTHING, '35m': NOTHING, '1h': NOTHING },
  },
  {
    alert,
    does: 'takes a restart of the service for no failure',
    series: { [requests(200)]: '0+60x30 0+60x30', [requests(503)]: '9x30 0x30' },
    at: { '31m': NOTHING, '35m': NOTHING, '1h': NOTHING },
  },
  {
    alert,
    does: 'goes on firing through a restart',
    series: { [requests(200)]: '0+48x15 0+48x15', [requests(503)]: '0+12x15 0+12x15' },
    at: { '14m': burning('1h'), '17m': burning('1h'), '25m': burning('1h', '6h') },
  },
  {
    alert,
    does: 'stays quiet through a gap in the data, and without any',
    series: { [requests(200)]: '0+60x20 _x20 2400+60x20', [requests(503)]: '0x20 _x20 0x20' },
    at: { '30m': NOTHING, '41m': NOTHING, '50m': NOTHING, '2h': NOTHING },
  },
  {
    alert,
    does: 'is not silenced by one healthy instance',
    series: {
      [requests(200)]: '0+60x20',
      [requests(503, { instance: 'b' })]: '0+60x20',
    },
    at: { '10m': burning('1h') },
  },
];
