/** Holds a value against azure-native's declarations: keys, what is required, types and values of enums. */
import { argsOf, propertiesOf, valuesOf } from './declarations.ts';
import type { Declared, DeclaredProperties } from './declared-type.ts';
import { isRecord, join, shown } from './fault.ts';

/** Faults of the inputs of a resource such as app:ContainerApp, without envelopes of secrets. */
export function declaredFaults(resource: string, inputs: unknown): readonly string[] {
  return propertyFaults(argsOf(resource), inputs, '', resource);
}

function propertyFaults(
  properties: DeclaredProperties,
  value: unknown,
  path: string,
  owner: string,
): readonly string[] {
  if (!isRecord(value)) return [`${path} is ${shown(value)}, and azure-native takes an object`];
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return [
    ...[...properties]
      .filter(([key, { required }]) => required && value[key] === undefined)
      .map(([key]) => `${join(path, key)} is missing, and azure-native's ${owner} needs it`),
    ...given.flatMap(([key, inner]) => {
      const property = properties.get(key);
      return property === undefined
        ? [
            `${join(path, key)} is ${shown(inner)}, and azure-native's ${owner} has no such property`,
          ]
        : faults(property.type, inner, join(path, key));
    }),
  ];
}

function faults(type: Declared, value: unknown, path: string): readonly string[] {
  switch (type.kind) {
    case 'any':
      return [];
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type.kind ? [] : [mismatch(path, value, `a ${type.kind}`)];
    case 'literal':
      return value === type.value ? [] : [mismatch(path, value, shown(type.value))];
    case 'enum': {
      const values = valuesOf(type.reference);
      return values.includes(value) ? [] : [mismatch(path, value, `one of ${values.join(', ')}`)];
    }
    case 'object':
      return propertyFaults(propertiesOf(type.reference), value, path, type.reference);
    case 'list':
      if (!Array.isArray(value)) return [mismatch(path, value, 'a list')];
      return value.flatMap((item, index) => faults(type.of, item, join(path, index)));
    case 'dictionary':
      if (!isRecord(value)) return [mismatch(path, value, 'an object')];
      return Object.entries(value).flatMap(([key, item]) => faults(type.of, item, join(path, key)));
    case 'union':
      return fewest(options(type.options).map((option) => faults(option, value, path)));
  }
}

/** Enums stand beside string, so that later values compile: here only what is known today will do. */
function options(declared: readonly Declared[]): readonly Declared[] {
  return declared.some(({ kind }) => kind === 'enum')
    ? declared.filter(({ kind }) => kind !== 'string')
    : declared;
}

function fewest(all: readonly (readonly string[])[]): readonly string[] {
  return all.reduce((best, next) => (next.length < best.length ? next : best), all[0] ?? []);
}

function mismatch(path: string, value: unknown, taken: string): string {
  return `${path} is ${shown(value)}, and azure-native takes ${taken}`;
}
