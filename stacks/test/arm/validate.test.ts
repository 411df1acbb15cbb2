import { describe, expect, it } from 'vitest';
import { exportedValuesOf, MENDED_ENUMS } from './declarations.ts';
import { shown } from './fault.ts';
import { GOOD_BODIES } from './good-bodies.ts';
import { EXTRAS, RESOURCES } from './mappers.ts';
import type { ResourceType } from './mappers.ts';
import { extrasUsed, validateBody } from './validate.ts';
import { WRONG_BODIES } from './wrong-bodies.ts';

const TYPES = Object.keys(RESOURCES) as ResourceType[];
const good = (type: ResourceType): Record<string, unknown> => ({
  ...GOOD_BODIES[`azure-native:${type}`],
});

/** A copy with `value` at `path`; undefined takes away what is there. */
function withAt(body: object, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(body) as Record<string, unknown>;
  const keys = path.split('.');
  let inner = copy;
  for (const key of keys.slice(0, -1)) inner = inner[key] as Record<string, unknown>;
  inner[keys.at(-1) as string] = value;
  return copy;
}

describe.each(TYPES)('a body of %s', (type) => {
  it('is fine as Azure takes it', () => {
    expect(validateBody(`azure-native:${type}`, good(type))).toEqual([]);
  });

  it.each(
    WRONG_BODIES[type].map(([path, value, fault]) => [path, shown(value), value, fault] as const),
  )('is refused with %s = %s', (path, _shown, value, fault) => {
    const faults = validateBody(`azure-native:${type}`, withAt(good(type), path, value));
    expect(faults).toContainEqual(expect.stringMatching(fault));
  });
});

describe('validateBody', () => {
  it.each(['azure-native:storage:StorageAccount', 'aws:s3:Bucket', 'azure-native:toString'])(
    'throws for %s, which has no schema here',
    (type) => {
      expect(() => validateBody(type, {})).toThrow(/has no schema to be held against/);
    },
  );

  it('looks into the envelopes of secrets', () => {
    const secret = (value: unknown) => ({
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
      value,
    });
    const path = 'configuration.secrets.0.value';
    const body = (value: unknown) => withAt(good('app:ContainerApp'), path, secret(value));
    expect(validateBody('azure-native:app:ContainerApp', body('name:hash'))).toEqual([]);
    expect(validateBody('azure-native:app:ContainerApp', body(5))).toContainEqual(
      expect.stringContaining(`${path} is 5`),
    );
  });

  it('takes the location of the resource group where a body has none', () => {
    const { location, ...rest } = good('containerregistry:Registry');
    expect(location).toBeDefined();
    expect(validateBody('azure-native:containerregistry:Registry', rest)).toEqual([]);
  });
});

describe('what is allowed beyond the schemas', () => {
  it.each(EXTRAS)('$type has $path, which its mapper does not know', ({ type, path }) => {
    expect(extrasUsed(`azure-native:${type}`, good(type))).toContain(path);
  });

  it.each(Object.entries(MENDED_ENUMS))('%s is not yet exported as it is', (name, { values }) => {
    const exported = exportedValuesOf(name);
    expect(values.filter((value) => !exported.includes(value))).not.toEqual([]);
  });
});
