/** How the alerts on workers and their queue behave. */
import { METRICS } from '../../../service/src/contract.ts';
import { CONFIG } from '../../config.ts';
import type { AlertCase } from '../../test/promtool.ts';
import { NOTHING, scraped } from './series.ts';

const SATURATED = 'SttQueueSaturated';
const CRASHING = 'SttWorkerCrashLoop';
const BOOTING = 'SttWorkerBootFailing';
const at = { job: CONFIG.job, instance: 'a' };
const warning = [{ ...at, severity: 'warning' }];
const critical = [{ ...at, severity: 'critical' }];

const depth = scraped(METRICS.poolQueueDepth);
const size = scraped(METRICS.poolSize);
const refused = (reason: string) => scraped(METRICS.poolRejected, { reason });
const crashes = (signal: string) => scraped(METRICS.poolCrashes, { signal });
const failedStarts = scraped(METRICS.poolBootFailures);

export const POOL_CASES: readonly AlertCase[] = [
  {
    alert: SATURATED,
    does: 'fires after ten minutes of more than four waiting tasks per worker',
    series: { [size]: '2x30', [depth]: '0x5 9x25' },
    at: { '20m': warning, '10m': NOTHING },
    description:
      'On a more than 4 tasks wait per worker process, or tasks are refused because they would wait too long, for 10 minutes.',
  },
  {
    alert: SATURATED,
    does: 'fires while tasks are refused, however short the queue is',
    series: { [size]: '2x30', [depth]: '1x30', [refused('queue_timeout')]: '0+2x30' },
    at: { '20m': warning },
  },
  {
    alert: SATURATED,
    does: 'stays quiet for a spike, for a full queue of four, and for a deployment that drains',
    series: {
      [size]: '2x30',
      [depth]: '0x5 50x5 8x20',
      [refused('pool_draining')]: '0+2x30',
    },
    at: { '12m': NOTHING, '30m': NOTHING },
  },
  {
    alert: SATURATED,
    does: 'resolves when the queue is short again',
    series: { [size]: '2x40', [depth]: '9x20 0x20' },
    at: { '19m': warning, '22m': NOTHING },
  },
  {
    alert: SATURATED,
    does: 'takes a restart for no refusals',
    series: { [size]: '2x40', [depth]: '0x40', [refused('queue_full')]: '100x15 0x25' },
    at: { '20m': NOTHING, '35m': NOTHING },
  },
  {
    alert: SATURATED,
    does: 'stays quiet without process isolation, in a gap and without data',
    series: { [size]: '0x20 _x20', [depth]: '0x20 _x20' },
    at: { '15m': NOTHING, '30m': NOTHING },
  },
  {
    alert: CRASHING,
    does: 'fires at the third crash within 15 minutes',
    series: { [crashes('SIGSEGV')]: '0 0 1 2 4x20', [crashes('SIGKILL')]: '0x25' },
    at: { '8m': warning },
    description: '4 worker processes of a died with a task in 15 minutes.',
  },
  {
    alert: CRASHING,
    does: 'adds signals, and keeps instances apart',
    series: {
      [crashes('SIGSEGV')]: '0 0 0 1 1 2x20',
      [crashes('SIGKILL')]: '0 0 0 1 1 2x20',
      [scraped(METRICS.poolCrashes, { instance: 'b', signal: 'SIGKILL' })]: '0 0 0 1x20',
    },
    at: { '10m': warning },
  },
  {
    alert: CRASHING,
    does: 'stays quiet for two crashes within 15 minutes',
    series: { [crashes('SIGSEGV')]: '0x20 1x5 2x30 3x20' },
    at: { '28m': NOTHING, '32m': NOTHING, '60m': NOTHING },
  },
  {
    alert: CRASHING,
    does: 'resolves a quarter of an hour after the last crash',
    series: { [crashes('SIGSEGV')]: '0 0 2 4 6x40' },
    at: { '10m': warning, '22m': NOTHING },
  },
  {
    alert: CRASHING,
    does: 'takes a restart of the server for no crashes, and a gap or no data for nothing',
    series: { [crashes('SIGSEGV')]: '50x20 0x10 _x10 0x20' },
    at: { '21m': NOTHING, '25m': NOTHING, '35m': NOTHING, '45m': NOTHING, '2h': NOTHING },
  },
  {
    alert: BOOTING,
    does: 'fires when workers go on dying before they are ready',
    series: { [failedStarts]: '0 1 2 3 4 5x20' },
    at: { '8m': critical },
    description:
      '5 worker processes of a did not start in 15 minutes; after five in a row it is not ready and gets no requests.',
  },
  {
    alert: BOOTING,
    does: 'stays quiet for two failed starts that the next one mends',
    series: { [failedStarts]: '0x20 1 2x30' },
    at: { '25m': NOTHING, '30m': NOTHING },
  },
  {
    alert: BOOTING,
    does: 'resolves when workers start',
    series: { [failedStarts]: '0 1 2 3 4 5x40' },
    at: { '8m': critical, '25m': NOTHING },
  },
  {
    alert: BOOTING,
    does: 'counts on through a restart of the server',
    series: { [failedStarts]: '0 1 2 0 1 2 3 4 5x20' },
    at: { '12m': critical },
  },
  {
    alert: BOOTING,
    does: 'takes a restart alone, a gap or no data for no failure',
    series: { [failedStarts]: '9x20 0x10 _x10 0x20' },
    at: { '21m': NOTHING, '25m': NOTHING, '35m': NOTHING, '45m': NOTHING, '2h': NOTHING },
  },
];
