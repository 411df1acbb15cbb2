/** Reads single values out of JSON that somebody else wrote; what is not there, or of another kind, is null. */

type Path = readonly (string | number)[];

/** The value at the end of the path, or null. */
export function at(value: unknown, ...path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return null;
    inner = (inner as Record<string | number, unknown>)[key] ?? null;
  }
  return inner;
}

export function textAt(value: unknown, ...path: Path): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: unknown, ...path: Path): number | null {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : null;
}

export function booleanAt(value: unknown, ...path: Path): boolean | null {
  const found = at(value, ...path);
  return typeof found === 'boolean' ? found : null;
}

/** Empty where there is no list. */
export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list; what is none is left out. */
export function textsAt(value: unknown, ...path: Path): readonly string[] {
  return listAt(value, ...path).filter((item): item is string => typeof item === 'string');
}

/** The entries whose values are texts. */
export function textEntries(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
