/** Alerts on the two objectives: how fast the error budget burns, over a long and a short window at once. */
import type { BurnWindow, Config } from '../config.ts';
import { ruleMatchers } from '../lib/container.ts';
import { select, share } from '../lib/promql.ts';
import type { Scope } from '../lib/promql.ts';
import { alert } from '../lib/rules.ts';
import type { AlertingRule, RecordingRule, RuleGroup } from '../lib/rules.ts';
import { availabilityOf, latencyOf } from './indicators.ts';
import type { Indicator } from './indicators.ts';

const RECORD = {
  refused: 'stt:requests_unanswered:ratio_rate',
  slow: 'stt:transcriptions_slow:ratio_rate',
  requests: 'stt:requests:rate',
} as const;
const BY = ['job'];

export function objectiveRules(config: Config): RuleGroup {
  const scope = (window: string): Scope => ({
    matchers: ruleMatchers(config, `job="${config.job}"`),
    window,
  });
  const availability = availabilityOf(config);
  const latency = latencyOf(config);
  const windows = [...new Set(config.burnWindows.flatMap(({ long, short }) => [short, long]))];
  const recordRatio = (name: string, indicator: Indicator): RecordingRule[] =>
    windows.map((window) => ({
      record: name + window,
      expr: share(indicator.bad(scope(window), BY), indicator.all(scope(window), BY)),
    }));
  return {
    name: 'stt-objectives',
    interval: config.evaluationInterval,
    rules: [
      ...config.burnWindows.map(({ long }) => ({
        record: RECORD.requests + long,
        expr: availability.all(scope(long), BY),
      })),
      ...recordRatio(RECORD.refused, availability),
      ...recordRatio(RECORD.slow, latency),
      ...config.burnWindows.map((window) =>
        burning(config, window, {
          name: 'SttAvailabilityBudgetBurn',
          record: RECORD.refused,
          objective: config.availability.objective,
          summary: 'Too many transcription requests are refused or fail.',
          what: 'of the transcription requests were refused or failed',
        }),
      ),
      ...config.burnWindows.map((window) =>
        burning(config, window, {
          name: 'SttLatencyBudgetBurn',
          record: RECORD.slow,
          objective: config.latency.objective,
          summary: 'Too many transcriptions take too long for the length of their audio.',
          what: `of the transcriptions took over ${config.latency.realTimeFactor} s a second of audio`,
        }),
      ),
    ],
  };
}

interface Budget {
  readonly name: string;
  readonly record: string;
  readonly objective: number;
  readonly summary: string;
  readonly what: string;
}

/** Both windows: the long one says that it matters, the short one that it still goes on. */
function burning(config: Config, window: BurnWindow, budget: Budget): AlertingRule {
  const of = { matchers: [`job="${config.job}"`] };
  const most = Number((window.factor * (1 - budget.objective)).toFixed(6));
  return alert(config.runbookUrl, budget.name, {
    expr: [
      `${select(of, budget.record + window.long)} > ${most}`,
      `${select(of, budget.record + window.short)} > ${most}`,
      `${select(of, RECORD.requests + window.long)} > ${config.minimumRequestRate}`,
    ].join(' and '),
    for: window.for,
    severity: window.severity,
    labels: { long: window.long, short: window.short },
    summary: budget.summary,
    description: `{{ $value | humanizePercentage }} ${budget.what} over ${window.long} on {{ $labels.job }}: the error budget burns ${window.factor} times as fast as the objective of ${Number((budget.objective * 100).toFixed(3))}% allows.`,
  });
}
