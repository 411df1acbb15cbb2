/** How the alerts on memory, fallback and the target itself behave. */
import { METRICS } from '../../../service/src/contract.ts';
import { CONFIG } from '../../config.ts';
import { CONTAINER_METRICS } from '../../lib/container.ts';
import type { AlertCase } from '../../test/promtool.ts';
import { NOTHING, ofPod, scraped } from './series.ts';

const MEMORY = 'SttMemoryNearLimit';
const FALLBACK = 'SttFallbackActive';
const ABSENT = 'SttTargetAbsent';

const pod = { namespace: 'speech', pod: 'stt-0', container: CONFIG.container };
const nearLimit = [{ ...pod, severity: 'warning' }];
const used = ofPod(CONTAINER_METRICS.memory);
const declared = ofPod(CONTAINER_METRICS.memoryLimit, { resource: 'memory' });
const enforced = ofPod(CONTAINER_METRICS.memoryLimitOfCadvisor);

const from = 'azure-speech';
const to = 'moonshine-base';
const fallbacks = scraped(METRICS.engineFallbacks, { from, to });
const standingIn = [{ job: CONFIG.job, from, to, severity: 'warning' }];

const up = (instance = 'a') => scraped('up', { instance });
const absent = [{ job: CONFIG.job, severity: 'critical' }];

export const SURROUNDINGS_CASES: readonly AlertCase[] = [
  {
    alert: MEMORY,
    does: 'fires after ten minutes above nine tenths of the limit',
    series: { [declared]: '1000x30', [used]: '500x5 950x25' },
    at: { '20m': nearLimit, '10m': NOTHING },
    description: 'stt-0 in speech uses 95% of its memory limit.',
  },
  {
    alert: MEMORY,
    does: "takes cAdvisor's limit where kube-state-metrics is missing",
    series: { [enforced]: '1000x30', [used]: '950x30' },
    at: { '20m': nearLimit },
  },
  {
    alert: MEMORY,
    does: 'stays quiet below it, for other containers of the pod, and for limits of CPU',
    series: {
      [declared]: '1000x30',
      [used]: '890x30',
      [ofPod(CONTAINER_METRICS.memory, { container: 'proxy' })]: '99x30',
      [ofPod(CONTAINER_METRICS.memoryLimit, { container: 'proxy', resource: 'memory' })]: '100x30',
      [ofPod(CONTAINER_METRICS.memoryLimit, { resource: 'cpu' })]: '2x30',
    },
    at: { '20m': NOTHING },
  },
  {
    alert: MEMORY,
    does: 'resolves when memory is given back',
    series: { [declared]: '1000x40', [used]: '950x20 600x20' },
    at: { '19m': nearLimit, '21m': NOTHING },
  },
  {
    alert: MEMORY,
    does: 'starts anew after the container is killed and restarts at the bottom',
    series: { [declared]: '1000x40', [used]: '950x8 _x2 100x5 950x25' },
    at: { '12m': NOTHING, '20m': NOTHING, '30m': nearLimit },
  },
  {
    alert: MEMORY,
    does: 'stays quiet without a limit, and without data',
    series: { [enforced]: '0x30', [used]: '950x20 _x10' },
    at: { '15m': NOTHING, '28m': NOTHING },
  },
  {
    alert: FALLBACK,
    does: 'fires after ten minutes of another engine answering',
    series: { [fallbacks]: '0+30x30' },
    at: { '20m': standingIn, '9m': NOTHING },
    description:
      'moonshine-base has answered for azure-speech for 10 minutes, 0.50 requests a second.',
  },
  {
    alert: FALLBACK,
    does: 'stays quiet for a few minutes of fallback',
    series: { [fallbacks]: '0x5 3x3 5x30' },
    at: { '8m': NOTHING, '15m': NOTHING, '25m': NOTHING },
  },
  {
    alert: FALLBACK,
    does: 'resolves when the chosen engine answers again',
    series: { [fallbacks]: '0+30x20 600x20' },
    at: { '19m': standingIn, '27m': NOTHING },
  },
  {
    alert: FALLBACK,
    does: 'goes on through a restart of the server, and takes a restart alone for nothing',
    series: {
      [fallbacks]: '0+30x15 0+30x15',
      [scraped(METRICS.engineFallbacks, { instance: 'b', from: 'azure-fast', to })]: '70x15 0x15',
    },
    at: { '18m': standingIn, '25m': standingIn },
  },
  {
    alert: FALLBACK,
    does: 'stays quiet without a fallback engine and in a gap',
    series: { [fallbacks]: '5x10 _x15 5x10' },
    at: { '15m': NOTHING, '30m': NOTHING },
  },
  {
    alert: ABSENT,
    does: 'fires when every instance is down',
    series: { [up()]: '1x5 0x20', [up('b')]: '1x5 0x20' },
    at: { '15m': absent },
    description: 'No instance of stt-service answers scrapes: every other alert is blind.',
  },
  {
    alert: ABSENT,
    does: 'fires when there is no target at all',
    series: { 'up{job="node"}': '1x20' },
    at: { '10m': absent },
  },
  {
    alert: ABSENT,
    does: 'stays quiet while one instance is up, and for a short restart',
    series: { [up()]: '0x30', [up('b')]: '1x10 0x3 1x17' },
    at: { '9m': NOTHING, '13m': NOTHING, '20m': NOTHING },
  },
  {
    alert: ABSENT,
    does: 'resolves when an instance is back',
    series: { [up()]: '1x5 _x20 1x20' },
    at: { '20m': absent, '27m': NOTHING },
  },
];
