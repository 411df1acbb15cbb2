/** How faults are written: a path, what is there, and what Azure takes. */

/** Values longer than this many characters are cut, so that a fault stays a sentence. */
const LONGEST = 80;

/** A value as a fault shows it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** `path` within a body, such as template.containers.0.image, and one step further. */
export function join(path: string, key: string | number): string {
  return path === '' ? `${key}` : `${path}.${key}`;
}

/** The same path for every element of a list. */
export function anyIndex(path: string): string {
  return path.replaceAll(/(?<=^|\.)\d+(?=\.|$)/g, '*');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is at `path` of plain keys; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (!isRecord(inner)) return undefined;
    inner = inner[key];
  }
  return inner;
}

/** The records of a list; none where there is no list. */
export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
