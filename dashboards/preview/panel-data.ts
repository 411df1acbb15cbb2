/** What the page draws: the panels of a board with their answers. Shared by the side that asks and the side that draws. */

export interface Series {
  readonly name: string;
  /** One value a time; null where there was none. */
  readonly values: readonly (number | null)[];
}

export interface PanelData {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'timeseries' | 'stat' | 'heatmap';
  readonly span: number;
  readonly stacked: boolean;
  readonly bars: boolean;
  readonly thresholds: readonly { readonly value: number; readonly colour: string }[];
  readonly series: readonly Series[];
}

export interface BoardData {
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelData[] }[];
}

export interface PageData {
  /** Seconds since 1970, evenly spaced. */
  readonly times: readonly number[];
  readonly boards: readonly BoardData[];
}
