import { describe, expect, it } from 'vitest';
import { AZURE_CASES } from '../cases.ts';
import { recordAzure } from '../record-azure.ts';
import type { Recorded } from '../record.ts';
import { EXTRAS, RESOURCES } from './mappers.ts';
import { extrasUsed, validateBody } from './validate.ts';

const recordings = new Map<string, readonly Recorded[]>();
for (const [name, config] of Object.entries(AZURE_CASES)) {
  recordings.set(name, (await recordAzure(config)).resources);
}
const all = [...recordings.values()].flat();

describe("the program's own bodies", () => {
  it.each([...recordings])('of case %s are as Azure takes them', (_name, resources) => {
    const faults = resources.flatMap(({ type, name, inputs }) =>
      validateBody(type, inputs).map((fault) => `${type} ${name}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it('are of every type that has a schema here, so that none is kept for nothing', () => {
    const asked = new Set(all.map(({ type }) => type));
    expect(Object.keys(RESOURCES).filter((type) => !asked.has(`azure-native:${type}`))).toEqual([]);
  });

  it('make use of everything that is allowed beyond the mappers', () => {
    const used = new Set(
      all.flatMap(({ type, inputs }) => extrasUsed(type, inputs).map((path) => `${type} ${path}`)),
    );
    expect(EXTRAS.filter(({ type, path }) => !used.has(`azure-native:${type} ${path}`))).toEqual(
      [],
    );
  });
});
