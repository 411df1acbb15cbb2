/** Turns inputs as the program gives them to Pulumi into the body that mappers and published schemas know. Pure. */
import { isRecord } from './fault.ts';

/** Pulumi marks a secret by this key with this value. */
const SECRET_KEY = '4dabf18193072939515e22adb298388d';
const SECRET_VALUE = '1b47061264138c4ac30d75fd1eb44270';

/** The same inputs with secrets bare and absent values left out. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (value[SECRET_KEY] === SECRET_VALUE) return plain(value['value']);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, plain(inner)]],
    ),
  );
}

export interface Shaping {
  /** Inputs that are part of the resource's address and not of its body. */
  readonly routing: readonly string[];
  /** Whether the provider fills in the location of the resource group where there is none. */
  readonly inheritsLocation: boolean;
}

/** The body of plain inputs. Identities are a list of ids for Pulumi, and keys of an object for Azure. */
export function shape(
  inputs: Readonly<Record<string, unknown>>,
  { routing, inheritsLocation }: Shaping,
): Readonly<Record<string, unknown>> {
  const body = Object.fromEntries(Object.entries(inputs).filter(([key]) => !routing.includes(key)));
  const { identity } = body;
  if (isRecord(identity) && Array.isArray(identity['userAssignedIdentities'])) {
    const ids = identity['userAssignedIdentities'].map((id) => [String(id), {}]);
    body['identity'] = { ...identity, userAssignedIdentities: Object.fromEntries(ids) };
  }
  if (inheritsLocation) body['location'] ??= 'of the resource group';
  return body;
}
