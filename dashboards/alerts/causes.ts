/** Alerts on causes: what breaks the objectives soon, or hides from them. */
import { METRICS } from '../../service/src/contract.ts';
import type { Config } from '../config.ts';
import { CONTAINER_METRICS, memoryLimit, ruleMatchers } from '../lib/container.ts';
import { increase, max, rate, select, sum } from '../lib/promql.ts';
import type { Scope } from '../lib/promql.ts';
import { alert } from '../lib/rules.ts';
import type { AlertSpec, RuleGroup } from '../lib/rules.ts';

export function causeRules(config: Config): RuleGroup {
  const over = (window: string): Scope => ({
    matchers: ruleMatchers(config, `job="${config.job}"`),
    window,
  });
  const now = over('');
  const pods = { matchers: ruleMatchers(config, `container="${config.container}"`) };
  const INSTANCE = ['job', 'instance'];
  const POD = ['namespace', 'pod', 'container'];
  const up = select(now, 'up');

  const alerts: Record<string, AlertSpec> = {
    SttTargetAbsent: {
      // A job that vanished from service discovery has no `up` at all; one whose targets are all down has zeros.
      expr: `absent(${up}) or ${sum(up, ['job'])} == 0`,
      for: '5m',
      severity: 'critical',
      summary: 'Prometheus sees no instance of the service.',
      description: 'No instance of {{ $labels.job }} answers scrapes: every other alert is blind.',
    },
    SttQueueSaturated: {
      expr: [
        `${sum(select(now, METRICS.poolQueueDepth), INSTANCE)} > ${config.queuedPerWorker} * ${sum(select(now, METRICS.poolSize), INSTANCE)}`,
        `${sum(rate(over('5m'), METRICS.poolRejected, 'reason=~"queue_full|queue_timeout"'), INSTANCE)} > 0`,
      ].join(' or '),
      for: '10m',
      severity: 'warning',
      summary: 'More work arrives than the worker processes can do.',
      description: `On {{ $labels.instance }} more than ${config.queuedPerWorker} tasks wait per worker process, or tasks are refused because they would wait too long, for 10 minutes.`,
    },
    SttWorkerCrashLoop: {
      expr: `${sum(increase(over('15m'), METRICS.poolCrashes), INSTANCE)} >= ${config.crashesPerLoop}`,
      for: '1m',
      severity: 'warning',
      summary: 'Worker processes crash again and again.',
      description:
        '{{ $value | printf "%.0f" }} worker processes of {{ $labels.instance }} died with a task in 15 minutes.',
    },
    SttWorkerBootFailing: {
      expr: `${sum(increase(over('15m'), METRICS.poolBootFailures), INSTANCE)} >= ${config.bootFailures}`,
      for: '1m',
      severity: 'critical',
      summary: 'Worker processes die before they are ready.',
      description:
        '{{ $value | printf "%.0f" }} worker processes of {{ $labels.instance }} did not start in 15 minutes; after five in a row it is not ready and gets no requests.',
    },
    SttMemoryNearLimit: {
      expr: `${max(select(pods, CONTAINER_METRICS.memory), POD)} / ${memoryLimit(pods, POD)} > ${config.memoryShare}`,
      for: '10m',
      severity: 'warning',
      summary: 'A pod is about to be killed for memory.',
      description:
        '{{ $labels.pod }} in {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of its memory limit.',
    },
    SttFallbackActive: {
      expr: `${sum(rate(over('5m'), METRICS.engineFallbacks), ['job', 'from', 'to'])} > 0`,
      for: '10m',
      severity: 'warning',
      summary: 'Another engine stands in for the one that was chosen.',
      description:
        '{{ $labels.to }} has answered for {{ $labels.from }} for 10 minutes, {{ $value | printf "%.2f" }} requests a second.',
    },
  };
  return {
    name: 'stt-causes',
    interval: config.evaluationInterval,
    rules: Object.entries(alerts).map(([name, spec]) => alert(config.runbookUrl, name, spec)),
  };
}
