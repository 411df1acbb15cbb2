/** What policies look at, and how: resources as plain values. */

/** A resource as the program gives it: Pulumi's type, logical name, plain inputs. */
export interface PolicyResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Sentences for what breaks it; empty where nothing does. */
export type Policy = (resources: readonly PolicyResource[]) => readonly string[];

/** The value at a path of keys and indices, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner === null || typeof inner !== 'object'
        ? undefined
        : (inner as Record<string | number, unknown>)[key],
    value,
  );
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A policy over each resource of one type; `check` gives what is wrong, to follow the resource's name. */
export function each(
  type: string,
  check: (inputs: Readonly<Record<string, unknown>>) => readonly (string | false)[],
): Policy {
  return (resources) =>
    resources
      .filter((resource) => resource.type === type)
      .flatMap(({ name, inputs }) =>
        check(inputs).flatMap((fault) => (fault === false ? [] : [`${name} ${fault}`])),
      );
}
