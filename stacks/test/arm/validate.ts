/**
 * Holds what the program asks Azure for against everything that is known of Azure's own schema without asking it: the
 * declarations of azure-native (the API version that is sent), the mappers of Microsoft's clients or published schemas,
 * the rules for names, and limits that no schema states.
 */
import { z } from 'zod';
import { declaredFaults } from './declared.ts';
import { isRecord, shown } from './fault.ts';
import { limitFaults } from './limits.ts';
import { mapped } from './mapped.ts';
import { EXTRAS, RESOURCES } from './mappers.ts';
import type { Resource, ResourceType } from './mappers.ts';
import { nameFaults } from './names.ts';
import { plain, shape } from './shape.ts';
import type { Walked } from './walk.ts';

const PREFIX = 'azure-native:';

/**
 * Faults of a resource as sentences that name path and value; none where Azure should take it. `type` is Pulumi's, such
 * as azure-native:app:ContainerApp, and `inputs` are what the program gives, with or without envelopes of secrets.
 * Throws for a type that has no schema here, so that none escapes.
 */
export function validateBody(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): readonly string[] {
  const resource = resourceType(type);
  const bare = plain(inputs) as Readonly<Record<string, unknown>>;
  const body = shape(bare, RESOURCES[resource]);
  return [
    ...declaredFaults(resource, bare),
    ...schemaFaults(resource, body).faults,
    ...nameFaults(resource, bare),
    ...limitFaults(resource, body),
  ];
}

/** Which of EXTRAS a resource makes use of, by their paths. */
export function extrasUsed(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): readonly string[] {
  const resource = resourceType(type);
  const bare = plain(inputs) as Readonly<Record<string, unknown>>;
  return schemaFaults(resource, shape(bare, RESOURCES[resource])).extras;
}

function resourceType(type: string): ResourceType {
  const resource = type.slice(PREFIX.length);
  if (!type.startsWith(PREFIX) || !Object.hasOwn(RESOURCES, resource)) {
    throw new Error(
      `${type} has no schema to be held against: add it to RESOURCES in stacks/test/arm/mappers.ts`,
    );
  }
  return resource as ResourceType;
}

function schemaFaults(resource: ResourceType, body: Readonly<Record<string, unknown>>): Walked {
  const { schema }: Resource = RESOURCES[resource];
  if (!(schema instanceof z.ZodType)) {
    const allowed = EXTRAS.filter(({ type }) => type === resource).map(({ path }) => path);
    return mapped(schema, body, allowed);
  }
  const { error } = schema.safeParse(body);
  const faults = (error?.issues ?? []).map(({ path, message }) => {
    const value = path.reduce<unknown>(
      (inner, key) =>
        isRecord(inner) || Array.isArray(inner)
          ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
          : undefined,
      body,
    );
    return `${path.join('.') || 'the body'} is ${shown(value)}, and by Azure's published schema: ${message}`;
  });
  return { faults, extras: [] };
}
