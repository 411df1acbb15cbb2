/** Gives rendered objects to an API server and keeps what it says to those that it refuses. */
import { ApiError, condition } from '../../stacks/test/cluster/kube-api.ts';
import type { KubeApi } from '../../stacks/test/cluster/kube-api.ts';
import { eventually, NotInTime } from '../../stacks/test/cluster/processes.ts';
import { rolledOut } from '../../stacks/test/cluster/rollout.ts';
import { isType, nameOf } from './rendered.ts';
import type { Rendered } from './rendered.ts';

export interface Applied {
  readonly taken: readonly Rendered[];
  /** Kind, name and the server's words, a line each. */
  readonly refused: readonly string[];
}

/** Types first, and the others only when those are established. Rejects when the server stops answering. */
export async function applyAll(api: KubeApi, objects: readonly Rendered[]): Promise<Applied> {
  const taken: Rendered[] = [];
  const refused: string[] = [];
  const types = objects.filter(isType);
  const others = objects.filter((each) => !isType(each));
  for (const [group, apply] of [
    [types, establish],
    [others, async (object: Rendered) => void (await api.apply(object))],
  ] as const) {
    for (const object of group) {
      try {
        // oxlint-disable-next-line no-await-in-loop
        await apply(object, api);
        taken.push(object);
      } catch (error) {
        refused.push(refusal(object, error));
      }
    }
  }
  return { taken, refused };
}

/** Waits until the pods of each Deployment are there: a namespace that refuses them says so only then. */
export async function podsRefused(
  api: KubeApi,
  objects: readonly Rendered[],
): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(
    objects.map(async (object) => void (await rolledOut(api, object))),
  );
  return outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled'
      ? []
      : [`pods of ${nameOf(objects[index] ?? {})}: ${wordsOf(outcome.reason)}`],
  );
}

async function establish(type: Rendered, api: KubeApi): Promise<void> {
  await api.apply(type);
  await eventually(
    'its type is established',
    async () => condition((await api.get(type)) ?? {}, 'Established') ?? null,
  );
}

function refusal(object: Rendered, error: unknown): string {
  // Whoever cannot be reached has refused nothing.
  if (!(error instanceof ApiError) && !(error instanceof NotInTime)) throw error;
  return `${nameOf(object)}: ${wordsOf(error)}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
