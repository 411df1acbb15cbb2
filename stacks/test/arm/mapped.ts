/** Holds a body against the mappers of Microsoft's own client: keys, what is required, types and ranges. */
import { createSerializer } from '@azure/core-client';
import type { CompositeMapper } from '@azure/core-client';
import { loadInstalled } from './installed.ts';
import type { MapperSource } from './mappers.ts';
import { walk } from './walk.ts';
import type { Walked } from './walk.ts';

/** `extras`: see walk. The serializer stops at its first fault, and names path and value in it. */
export function mapped(source: MapperSource, body: unknown, extras: readonly string[]): Walked {
  const mappers = loadInstalled(`@azure/${source.package}`, source.file);
  const root = mappers[source.mapper] as CompositeMapper;
  const serializer = createSerializer({ ...mappers });
  const walked = walk(body, {
    mappers,
    root,
    extras,
    constraintFaults: (mapper, value, path) =>
      refusal(() => serializer.validateConstraints(mapper, value, path)),
  });
  const refused = refusal(() => serializer.serialize(root, body, root.type.className));
  return { faults: [...walked.faults, ...refused], extras: walked.extras };
}

function refusal(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [`Azure's client refuses the body: ${(error as Error).message}`];
  }
}
