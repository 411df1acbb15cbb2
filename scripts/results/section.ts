/** A part of the page: its words, and the pictures that go beside it. */
import type { Result } from '../load-test/result.ts';

export interface Section {
  readonly title: string;
  /** Markdown, without the title. */
  readonly text: string;
  readonly pictures: readonly Picture[];
}

export interface Picture {
  /** In docs/results, without its ending. */
  readonly name: string;
  /** Said instead of it where it cannot be seen. */
  readonly alt: string;
  readonly svg: string;
}

export type Results = ReadonlyMap<string, Result>;

/** Throws where a trial is missing: a page without it would be another page. */
export function resultOf(results: Results, id: string): Result {
  const result = results.get(id);
  if (result === undefined) {
    throw new Error(`docs/results/${id}.json is missing: make measure-results ONLY=${id}`);
  }
  return result;
}

export function summaryOf(results: Results, id: string) {
  const { summary } = resultOf(results, id);
  if (summary === null) throw new Error(`docs/results/${id}.json has no figures: measure it again`);
  return summary;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Of 1024 × 1024 bytes, as in the service's settings and in the pictures. */
export function megabytes(bytes: number | null): string {
  return bytes === null ? 'unknown' : `${Math.round(bytes / 2 ** 20)} MB`;
}

export function seconds(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** With a sign, such as + 3.1 ms. */
export function signed(value: number, digits: number, unit: string): string {
  return `${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(digits)} ${unit}`;
}
