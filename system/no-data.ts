/** Queries that rightly have no data in this run, each with the reason. An entry whose query has data fails as well. */
import type { Query } from './queries.ts';

export interface NoData {
  /** Uid of the board, or name of the rule group. */
  readonly source: string;
  /** Title of the panel, or name of the rule. */
  readonly name: string;
  /** Every query of the panel when left out. */
  readonly refId?: string;
  readonly reason: string;
}

export const NO_DATA: readonly NoData[] = [];

export function noDataReason({ source, name, refId }: Query): string | null {
  return NO_DATA.find((entry) => covers(entry, { source, name, refId }))?.reason ?? null;
}

/** Entries that name no query there is. */
export function strayEntries(queries: readonly Query[]): NoData[] {
  return NO_DATA.filter((entry) => !queries.some((query) => covers(entry, query)));
}

function covers(entry: NoData, query: Pick<Query, 'source' | 'name' | 'refId'>): boolean {
  return (
    entry.source === query.source &&
    entry.name === query.name &&
    (entry.refId === undefined || entry.refId === query.refId)
  );
}
