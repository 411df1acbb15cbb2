/** Every series that an expression may name, with its labels. */
import { METRIC_SCHEMA, METRICS } from '../../service/src/contract.ts';
import { RULE_GROUPS } from '../index.ts';
import { CONTAINER_METRICS } from '../lib/container.ts';
import { K6_SERIES } from '../lib/k6.ts';

const SCRAPED = ['job', 'instance', 'namespace'];
const POD = ['namespace', 'pod', 'container'];
const TEST = ['testid'];

/** Process metrics that the service exports; a test of the service names those that are left out. */
const PROCESS = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'process_open_fds',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
];

function knownSeries(): Map<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const [key, { type, labels }] of Object.entries(METRIC_SCHEMA)) {
    const name = METRICS[key as keyof typeof METRICS];
    const own = [...SCRAPED, ...labels];
    if (type === 'histogram') {
      known.set(`${name}_bucket`, new Set([...own, 'le']));
      known.set(`${name}_sum`, new Set(own));
      known.set(`${name}_count`, new Set(own));
    } else {
      known.set(name, new Set(own));
    }
  }
  for (const { rules } of RULE_GROUPS) {
    for (const rule of rules) if ('record' in rule) known.set(rule.record, new Set(['job']));
  }
  for (const name of ['up', ...PROCESS]) known.set(name, new Set(SCRAPED));
  for (const name of Object.values(CONTAINER_METRICS)) known.set(name, new Set(POD));
  known.set(CONTAINER_METRICS.terminated, new Set([...POD, 'reason']));
  known.set(CONTAINER_METRICS.memoryLimit, new Set([...POD, 'resource']));
  for (const entry of Object.values(K6_SERIES)) {
    for (const name of typeof entry === 'string' ? [entry] : Object.values(entry)) {
      known.set(name, new Set([...TEST, 'scenario']));
    }
  }
  for (const name of [K6_SERIES.users, K6_SERIES.usersAtHand]) known.set(name, new Set(TEST));
  known.set(K6_SERIES.checks, new Set([...TEST, 'scenario', 'check']));
  for (const name of [K6_SERIES.rejected, K6_SERIES.failed]) {
    known.set(name, new Set([...TEST, 'scenario', 'code']));
  }
  return known;
}

export const KNOWN_SERIES: ReadonlyMap<string, ReadonlySet<string>> = knownSeries();
