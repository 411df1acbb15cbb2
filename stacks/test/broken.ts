/** Changes that break a policy, for tests that it bites. */
import type { PolicyResource } from '../policies/resources.ts';

export type Change = (resource: PolicyResource) => PolicyResource;

/** Sets the input at a path of keys and indices. */
export const set =
  (path: readonly (string | number)[], value: unknown): Change =>
  (resource) => {
    const copy = structuredClone(resource) as {
      inputs: Record<string | number, unknown>;
    } & PolicyResource;
    let inner: Record<string | number, unknown> = copy.inputs;
    for (const key of path.slice(0, -1)) inner = inner[key] as Record<string | number, unknown>;
    inner[path.at(-1) as string] = value;
    return copy;
  };
