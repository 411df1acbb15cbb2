/** House defaults of panels: each has a title, a description that says what good looks like, a unit and its legend. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  StackingConfigBuilder,
  ReduceDataOptionsBuilder,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from '@grafana/grafana-foundation-sdk/common';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Never a fixed data source: the board's variable decides. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** From `value` on, the panel shows `colour`; below the first one it is green unless `base` says otherwise. */
export interface Threshold {
  readonly value: number;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red';
}

export interface PanelSpec {
  readonly title: string;
  /** What is shown, what good looks like, and where to look when it is not. */
  readonly description: string;
  /** An id from `@grafana/grafana-foundation-sdk/units`. */
  readonly unit: string;
  readonly queries: readonly [Query, ...Query[]];
  /** Of 24 columns. */
  readonly span?: number;
  readonly base?: Threshold['colour'];
  readonly thresholds?: readonly Threshold[];
  readonly max?: number;
  readonly decimals?: number;
  readonly mappings?: ValueMapping[];
  /** Draw series on top of each other: parts of one whole. */
  readonly stacked?: boolean;
  /** Draw bars: counts of single events. */
  readonly bars?: boolean;
}

export type PanelBuilder = Builder<Panel>;

const HEIGHT = 8;
const STAT_HEIGHT = 4;

export function timeseries(spec: PanelSpec): PanelBuilder {
  const panel = new TimeseriesBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .min(0)
    .span(spec.span ?? 12)
    .height(HEIGHT)
    .lineWidth(1)
    .fillOpacity(spec.stacked === true || spec.bars === true ? 60 : 8)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['mean', 'max', 'lastNotNull']),
    )
    .tooltip(
      // oxlint-disable-next-line unicorn/no-array-sort -- an option of the tooltip, no array
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .thresholds(thresholds(spec));
  if (spec.thresholds !== undefined) {
    panel.thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
    );
  }
  if (spec.stacked === true) {
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  }
  if (spec.bars === true) panel.drawStyle(GraphDrawStyle.Bars);
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.mappings !== undefined) panel.mappings(spec.mappings);
  return panel.targets(targets(spec.queries));
}

/** One number for the glance from bed: the newest value, coloured. */
export function stat(spec: PanelSpec): PanelBuilder {
  const panel = new StatBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .span(spec.span ?? 6)
    .height(STAT_HEIGHT)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .noValue('no data')
    .thresholds(thresholds(spec));
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.mappings !== undefined) panel.mappings(spec.mappings);
  return panel.targets(targets(spec.queries));
}

/** The distribution of a histogram over time; its one query sums increases by `le`. */
export function heatmap(spec: PanelSpec): PanelBuilder {
  return new HeatmapBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .span(spec.span ?? 12)
    .height(HEIGHT)
    .calculate(false)
    .targets(targets(spec.queries, PromQueryFormat.Heatmap));
}

function targets(
  queries: readonly Query[],
  format: PromQueryFormat = PromQueryFormat.TimeSeries,
): DataqueryBuilder[] {
  return queries.map(({ expr, legend }, index) =>
    new DataqueryBuilder()
      .refId(String.fromCodePoint(0x41 + index))
      .datasource(DATASOURCE)
      .expr(expr)
      .legendFormat(legend)
      .format(format)
      .range(),
  );
}

function thresholds({
  base = 'green',
  thresholds: steps = [],
}: PanelSpec): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: base },
      ...steps.map(({ value, colour }) => ({ value, color: colour })),
    ]);
}
