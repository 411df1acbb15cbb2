/** What Azure refuses, as far as the stack could run into it: one rule a function, each with Azure's own code. */
import type { Fault, StoredResource, World } from './store.ts';
import { at, listAt, textAt, texts } from './values.ts';
import type { Properties } from './values.ts';

/** An answer of Azure that is no success. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** Whether the resource is there all the same: Azure took the request and failed while it carried it out. */
  readonly accepted: boolean;

  constructor(code: string, message: string, accepted = false) {
    super(`Code="${code}" Message="${message}"`);
    this.code = code;
    this.accepted = accepted;
  }
}

export interface Request {
  readonly id: string;
  readonly type: string;
  readonly inputs: Properties;
  readonly world: World;
}

const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const ARM_ID = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i;

/** The resource of an id, if it is there. */
export function find({ resources }: World, id: string): StoredResource | undefined {
  return resources[id.toLowerCase()];
}

function ofType({ resources }: World, type: string): readonly StoredResource[] {
  return Object.values(resources).filter((each) => each.type.endsWith(`:${type}`));
}

/** Everything above it must be there. */
export function missingParent({ id, world }: Request): void {
  const group = ARM_ID.exec(id)?.[0] ?? '';
  if (group.length === id.length) return;
  if (find(world, group) === undefined) {
    throw new Refusal('ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
  const parent = id.replace(/(\/providers\/[^/]+)?\/[^/]+\/[^/]+$/, '');
  if (find(world, parent) === undefined) {
    throw new Refusal('ParentResourceNotFound', `'${parent}' could not be found.`);
  }
}

/** So must everything that it mentions. */
export function missingReference({ id, inputs, world }: Request): void {
  for (const text of texts(inputs)) {
    if (!ARM_ID.test(text) || text.includes(' ') || find(world, text) !== undefined) continue;
    throw new Refusal('LinkedInvalidPropertyId', `'${id}' names '${text}', which does not exist.`);
  }
}

/** Names that are unique in the world. */
export function takenName({ id, type, inputs, world }: Request): void {
  const [path, code] = type.endsWith(':Account')
    ? ['properties.customSubDomainName', 'CustomDomainInUse']
    : type.endsWith(':Registry')
      ? ['registryName', 'AlreadyInUse']
      : ['', ''];
  const name = textAt(inputs, path);
  if (name === '') return;
  const others = Object.values(world.resources).filter(
    (each) => each.type === type && each.id.toLowerCase() !== id.toLowerCase(),
  );
  if (world.taken.includes(name) || others.some((each) => textAt(each.inputs, path) === name)) {
    throw new Refusal(code, `The name '${name}' is already in use.`);
  }
}

/** The name of a deleted account is kept for 48 hours. */
export function softDeletedName({ type, inputs, world }: Request): void {
  const name = textAt(inputs, 'accountName');
  if (!type.endsWith(':Account') || !world.softDeleted.includes(name)) return;
  if (at(inputs, 'properties.restore') === true) return;
  throw new Refusal(
    'FlagMustBeSetForRestore',
    `An existing resource with ID '${name}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true'. If you don't want to restore existing resource, please purge it first.`,
  );
}

/** A role assignment is unique by scope, principal and role, and so is its name. */
export function roleAssignment({ id, type, inputs, world }: Request): void {
  if (!type.endsWith(':RoleAssignment')) return;
  const key = ({ scope, principalId, roleDefinitionId }: Properties) =>
    [scope, principalId, roleDefinitionId].join('|').toLowerCase();
  for (const other of ofType(world, 'RoleAssignment')) {
    const sameName = other.inputs['roleAssignmentName'] === inputs['roleAssignmentName'];
    const same = key(other.inputs) === key(inputs);
    if (same && other.id.toLowerCase() !== id.toLowerCase()) {
      throw new Refusal('RoleAssignmentExists', 'The role assignment already exists.');
    }
    if (sameName && !same) {
      throw new Refusal(
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
  }
  knownPrincipal(inputs, world);
}

/** The directory needs a while to know a new identity, and then knows that it is nobody's person. */
function knownPrincipal(inputs: Properties, world: World): void {
  const principalId = textAt(inputs, 'principalId');
  const identity = Object.values(world.resources).find(
    ({ type, outputs }) =>
      !type.endsWith(':RoleAssignment') &&
      [outputs['principalId'], at(outputs, 'identity.principalId')].includes(principalId),
  );
  if (identity === undefined) return;
  const type = textAt(inputs, 'principalType');
  if (type === '' && identity.created === world.clock) {
    throw new Refusal(
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal.`,
    );
  }
  if (type !== '' && type !== 'ServicePrincipal') {
    throw new Refusal(
      'UnmatchedPrincipalType',
      `The PrincipalId '${principalId}' has type 'ServicePrincipal', which is different from specified PrincipalType '${type}'.`,
    );
  }
}

/** An app that names a secret must have it, and starts only when its identity may pull the image. */
export function containerApp({ type, inputs, world }: Request): void {
  if (!type.endsWith(':ContainerApp')) return;
  const secrets = new Set(listAt(inputs, 'configuration.secrets').map(({ name }) => name));
  for (const { secretRef } of secretReferences(inputs)) {
    if (secretRef === undefined || secrets.has(secretRef)) continue;
    throw new Refusal(
      'ContainerAppSecretRefNotFound',
      `SecretRef '${String(secretRef)}' not found.`,
    );
  }
  const registries = listAt(inputs, 'configuration.registries');
  for (const { image } of listAt(inputs, 'template.containers')) {
    const server = String(image).split('/')[0] ?? '';
    if (!server.endsWith('.azurecr.io')) continue;
    const login = registries.find((each) => each['server'] === server);
    if (login === undefined || !mayPull(server, String(login['identity']), inputs, world)) {
      throw new Refusal(
        'ContainerAppOperationError',
        `Failed to provision revision for container app. Error details: unable to pull image '${String(image)}' using Managed identity: UNAUTHORIZED: authentication required.`,
        true,
      );
    }
  }
}

function secretReferences(inputs: Properties): readonly Properties[] {
  return [
    ...listAt(inputs, 'template.volumes').flatMap((volume) => listAt(volume, 'secrets')),
    ...listAt(inputs, 'template.containers').flatMap((container) => listAt(container, 'env')),
  ];
}

function mayPull(server: string, identityId: string, inputs: Properties, world: World): boolean {
  const own = at(inputs, 'identity.userAssignedIdentities');
  const registry = ofType(world, 'Registry').find(
    ({ outputs }) => outputs['loginServer'] === server,
  );
  const principalId = find(world, identityId)?.outputs['principalId'];
  if (!Array.isArray(own) || !own.includes(identityId) || registry === undefined) return false;
  return ofType(world, 'RoleAssignment').some(
    ({ inputs, created }) =>
      inputs['principalId'] === principalId &&
      textAt(inputs, 'roleDefinitionId').endsWith(ACR_PULL) &&
      textAt(inputs, 'scope').toLowerCase() === registry.id.toLowerCase() &&
      world.clock - created >= world.rolesTake,
  );
}

/** What holds others in it cannot be deleted; a resource group takes all with it. */
export function inUse(id: string, world: World): void {
  const resource = find(world, id);
  const holds = Object.values(world.resources).find((each) =>
    resource?.type.endsWith(':Account')
      ? each.id.toLowerCase().startsWith(`${id.toLowerCase()}/projects/`)
      : resource?.type.endsWith(':ManagedEnvironment') &&
        textAt(each.inputs, 'managedEnvironmentId').toLowerCase() === id.toLowerCase(),
  );
  if (holds !== undefined) {
    throw new Refusal('CannotDeleteResource', `Cannot delete '${id}' while '${holds.id}' exists.`);
  }
}

/** The fault that a test has laid for this call, and those that remain. */
export function nextFault(
  faults: readonly Fault[],
  call: Fault['call'],
  type: string,
): { readonly fault: Fault | undefined; readonly rest: readonly Fault[] } {
  const index = faults.findIndex(
    (each) => each.call === call && (each.type === undefined || type.endsWith(each.type)),
  );
  const fault = faults[index];
  if (fault === undefined) return { fault, rest: faults };
  const { after = 0 } = fault;
  return after > 0
    ? { fault: undefined, rest: faults.with(index, { ...fault, after: after - 1 }) }
    : { fault, rest: faults.toSpliced(index, 1) };
}
