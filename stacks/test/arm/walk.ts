/** Walks a body along a mapper: finds keys that the API does not have, that only Azure may set, or out of range. */
import type { CompositeMapper, CompositeMapperType, Mapper, MapperType } from '@azure/core-client';
import { anyIndex, isRecord, join, shown } from './fault.ts';

/** All mappers of a package; `discriminators` leads from a value of a discriminator to its mapper. */
export type Mappers = Readonly<Record<string, unknown>>;

export interface Walked {
  readonly faults: readonly string[];
  /** Which of the allowed paths were met. */
  readonly extras: readonly string[];
}

export interface Walk {
  readonly mappers: Mappers;
  readonly root: CompositeMapper;
  /** Paths that may be there although the mapper has no such property; `*` stands for any index. */
  readonly extras: readonly string[];
  /** Faults of one value by the ranges and patterns of its mapper. */
  readonly constraintFaults: (mapper: Mapper, value: unknown, path: string) => readonly string[];
}

export function walk(body: unknown, { mappers, root, extras, constraintFaults }: Walk): Walked {
  const faults: string[] = [];
  const met: string[] = [];

  function visit(type: MapperType, value: unknown, path: string): void {
    if (type.name === 'Sequence' && Array.isArray(value)) {
      const { element } = type as Extract<MapperType, { name: 'Sequence' }>;
      for (const [index, item] of value.entries()) visit(element.type, item, join(path, index));
    } else if (type.name === 'Dictionary' && isRecord(value)) {
      const { value: item } = type as Extract<MapperType, { name: 'Dictionary' }>;
      for (const [key, inner] of Object.entries(value)) visit(item.type, inner, join(path, key));
    } else if (type.name === 'Composite' && isRecord(value)) {
      composite(resolve(mappers, type as CompositeMapperType, value), value, path);
    }
  }

  function composite(
    { className, modelProperties = {}, additionalProperties }: CompositeMapperType,
    value: Readonly<Record<string, unknown>>,
    path: string,
  ): void {
    for (const [key, inner] of Object.entries(value)) {
      const property = modelProperties[key];
      const here = join(path, key);
      if (property !== undefined) {
        if (property.readOnly) faults.push(`${here} is ${shown(inner)}, and only Azure sets it`);
        else {
          faults.push(...constraintFaults(property, inner, here));
          visit(property.type, inner, here);
        }
      } else if (extras.includes(anyIndex(here))) {
        met.push(anyIndex(here));
      } else if (additionalProperties === undefined) {
        faults.push(`${here} is ${shown(inner)}, and Azure's ${className} has no such property`);
      }
    }
  }

  visit(root.type, body, '');
  return { faults, extras: met };
}

/** A mapper may name a class only, and the class may depend on the value of a discriminator. */
function resolve(
  mappers: Mappers,
  type: CompositeMapperType,
  value: Readonly<Record<string, unknown>>,
): CompositeMapperType {
  const { className = '' } = type;
  const named =
    type.modelProperties === undefined ? (mappers[className] as CompositeMapper).type : type;
  const { polymorphicDiscriminator, uberParent } = named;
  if (polymorphicDiscriminator === undefined) return named;
  const kind = value[polymorphicDiscriminator.clientName];
  const byKind = mappers['discriminators'] as Readonly<Record<string, CompositeMapper>>;
  return byKind[`${uberParent}.${String(kind)}`]?.type ?? named;
}
