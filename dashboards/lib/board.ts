/** What every board has: a fixed uid, three variables and its own, links to its sisters, and panels with ids. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../service/src/contract.ts';
import { DATASOURCE } from './panels.ts';
import type { PanelBuilder } from './panels.ts';

const TAG = 'stt';

export interface Board {
  /** Links and provisioning refer to it: never change it. */
  readonly uid: string;
  readonly title: string;
  /** The board as Grafana imports it. */
  build(): Dashboard;
}

export interface Row {
  readonly title: string;
  /** Closed at first: looked into on demand. */
  readonly collapsed?: boolean;
  readonly panels: readonly PanelBuilder[];
}

/** Chooses among the values of a label; all of them at first. */
export interface SeriesVariable {
  readonly name: string;
  readonly label: string;
  /** `label_values(<selector>, <label>)`. */
  readonly query: string;
}

export interface BoardSpec {
  readonly uid: string;
  readonly title: string;
  /** The one question the board answers. */
  readonly description: string;
  /** Beside `datasource`, `job` and `instance`. */
  readonly variables?: readonly SeriesVariable[];
  readonly rows: readonly Row[];
}

const SERVICE_VARIABLES: readonly SeriesVariable[] = [
  { name: 'job', label: 'Job', query: `label_values(${METRICS.poolSize}, job)` },
  {
    name: 'instance',
    label: 'Instance',
    query: `label_values(${METRICS.poolSize}{job=~"$job"}, instance)`,
  },
];

export function createBoard({ uid, title, description, variables = [], rows }: BoardSpec): Board {
  return {
    uid,
    title,
    build() {
      const builder = new DashboardBuilder(title)
        .uid(uid)
        .description(description)
        .tags([TAG, 'generated'])
        .readonly()
        .timezone('browser')
        .tooltip(DashboardCursorSync.Crosshair)
        .time({ from: 'now-3h', to: 'now' })
        .refresh('30s')
        .link(
          new DashboardLinkBuilder('Speech to text')
            .type(DashboardLinkType.Dashboards)
            .tags([TAG])
            .keepTime(true)
            .includeVars(true),
        )
        .withVariable(
          new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
        );
      for (const variable of [...SERVICE_VARIABLES, ...variables]) {
        builder.withVariable(seriesVariable(variable));
      }
      for (const row of rows) {
        const rowBuilder = new RowBuilder(row.title).collapsed(row.collapsed ?? false);
        if (row.collapsed === true) for (const panel of row.panels) rowBuilder.withPanel(panel);
        builder.withRow(rowBuilder);
        if (row.collapsed !== true) for (const panel of row.panels) builder.withPanel(panel);
      }
      return finished(builder.build());
    },
  };
}

/** Panels in collapsed rows included. */
export function panelsOf(board: Dashboard): Panel[] {
  return (board.panels ?? []).flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}

function seriesVariable({ name, label, query }: SeriesVariable): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** What the builders leave open, or set where it does not help. */
function finished(built: Dashboard): Dashboard {
  // Queries carry a function that tells types apart; what Grafana takes is data.
  const board = JSON.parse(JSON.stringify(built)) as Dashboard;
  // Without ids Grafana makes them up anew at each import, and links to panels break.
  let next = 1;
  for (const panel of board.panels ?? []) {
    panel.id = next++;
    if (isRow(panel)) for (const inner of panel.panels) inner.id = next++;
  }
  // The SDK's default hides links in a menu; they belong on top, where somebody in a hurry sees them.
  for (const link of board.links ?? []) delete link.placement;
  return board;
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}
