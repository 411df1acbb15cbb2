/** The stand-in for Azure refuses what Azure refuses: a stack that passes it has not passed an open door. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Azure } from './azure.ts';
import { Refusal } from './refusals.ts';
import { SUBSCRIPTION_ID, Store } from './store.ts';
import { textAt } from './values.ts';
import type { Properties } from './values.ts';

const IN_GROUP = { resourceGroupName: 'rg', location: 'swedencentral' };
const ACCOUNT = {
  ...IN_GROUP,
  accountName: 'speech',
  kind: 'AIServices',
  sku: { name: 'S0' },
  properties: { customSubDomainName: 'speech' },
};
const PROJECT = {
  ...IN_GROUP,
  accountName: 'speech',
  projectName: 'p',
  identity: { type: 'SystemAssigned' },
};
const REGISTRY = { ...IN_GROUP, registryName: 'images', sku: { name: 'Basic' } };
const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';

let directory: string;
let store: Store;
let azure: Azure;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-refusals-'));
  store = new Store(directory);
  azure = new Azure(store);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const create = (type: string, inputs: Properties) => azure.create(`azure-native:${type}`, inputs);

function group(): void {
  create('resources:ResourceGroup', { resourceGroupName: 'rg', location: 'swedencentral' });
}

/** Azure's code for what it refuses; empty where it does not. */
function refused(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function assignment(changes: Properties = {}): Properties {
  return {
    scope: azure.idOf('azure-native:containerregistry:Registry', REGISTRY),
    principalId: 'someone',
    principalType: 'User',
    roleAssignmentName: 'name-1',
    roleDefinitionId: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/${ACR_PULL}`,
    ...changes,
  };
}

const assign = (changes: Properties = {}) =>
  create('authorization:RoleAssignment', assignment(changes));

describe('the stand-in for Azure', () => {
  it('wants a parent before its child, and everything that is mentioned', () => {
    expect(refused(() => create('cognitiveservices:Account', ACCOUNT))).toBe(
      'ResourceGroupNotFound',
    );
    group();
    expect(refused(() => create('cognitiveservices:Project', PROJECT))).toBe(
      'ParentResourceNotFound',
    );
    expect(refused(() => assign())).toBe('ParentResourceNotFound');
    const app = {
      ...IN_GROUP,
      containerAppName: 'app',
      managedEnvironmentId: `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg/providers/Microsoft.App/managedEnvironments/none`,
      template: { containers: [] },
    };
    expect(refused(() => create('app:ContainerApp', app))).toBe('LinkedInvalidPropertyId');
  });

  it('wants what is required, and takes the location of the group where none is given', () => {
    group();
    const { sku, location, ...rest } = REGISTRY;
    expect(refused(() => create('containerregistry:Registry', rest))).toBe('InvalidRequestContent');
    const made = create('containerregistry:Registry', { ...rest, sku });
    expect(made.outputs).toMatchObject({ location, loginServer: 'images.azurecr.io' });
    expect(refused(() => create('containerregistry:Registry', { ...REGISTRY }))).toBe(
      'AlreadyExists',
    );
  });

  it('gives no name of the world twice', () => {
    group();
    store.change({ taken: ['speech', 'images'] });
    expect(refused(() => create('cognitiveservices:Account', ACCOUNT))).toBe('CustomDomainInUse');
    expect(refused(() => create('containerregistry:Registry', REGISTRY))).toBe('AlreadyInUse');
  });

  it('keeps the name of a deleted account until it is purged or restored', () => {
    group();
    const { id, type } = create('cognitiveservices:Account', ACCOUNT);
    azure.delete(id, type);
    expect(refused(() => create('cognitiveservices:Account', ACCOUNT))).toBe(
      'FlagMustBeSetForRestore',
    );
    store.change({ softDeleted: [] });
    expect(refused(() => create('cognitiveservices:Account', ACCOUNT))).toBe('');
  });

  it('keeps role assignments unique by what they say and by name', () => {
    group();
    create('containerregistry:Registry', REGISTRY);
    assign();
    expect(refused(() => assign({ roleAssignmentName: 'name-2' }))).toBe('RoleAssignmentExists');
    const scope = azure.idOf('azure-native:resources:ResourceGroup', IN_GROUP);
    expect(refused(() => assign({ scope, principalId: 'another' }))).toBe(
      'RoleAssignmentUpdateNotPermitted',
    );
  });

  it('does not know a new identity without its type, and takes it for no person', () => {
    group();
    create('containerregistry:Registry', REGISTRY);
    const identity = { ...IN_GROUP, resourceName: 'me' };
    const { outputs } = create('managedidentity:UserAssignedIdentity', identity);
    const principalId = textAt(outputs, 'principalId');
    expect(refused(() => assign({ principalId }))).toBe('UnmatchedPrincipalType');
    const { principalType: _left, ...untyped } = assignment({ principalId });
    const untypedAssignment = () => create('authorization:RoleAssignment', untyped);
    expect(refused(untypedAssignment)).toBe('PrincipalNotFound');
    store.change({ clock: 1 });
    expect(refused(untypedAssignment)).toBe('');
  });

  it('starts an app only once its identity may pull the image', () => {
    group();
    const registry = create('containerregistry:Registry', REGISTRY);
    const environment = create('app:ManagedEnvironment', { ...IN_GROUP, environmentName: 'e' });
    const identity = create('managedidentity:UserAssignedIdentity', {
      ...IN_GROUP,
      resourceName: 'me',
    });
    const app: Properties = {
      ...IN_GROUP,
      containerAppName: 'app',
      managedEnvironmentId: environment.id,
      identity: { type: 'UserAssigned', userAssignedIdentities: [identity.id] },
      configuration: { registries: [{ server: 'images.azurecr.io', identity: identity.id }] },
      template: { containers: [{ name: 'stt', image: 'images.azurecr.io/stt:1' }] },
    };
    const template = { volumes: [{ secrets: [{ secretRef: 'keys' }] }] };
    expect(refused(() => create('app:ContainerApp', { ...app, template }))).toBe(
      'InvalidRequestContent',
    );
    expect(
      refused(() =>
        create('app:ContainerApp', { ...app, template: { ...template, containers: [] } }),
      ),
    ).toBe('ContainerAppSecretRefNotFound');
    expect(refused(() => create('app:ContainerApp', app))).toBe('ContainerAppOperationError');
    const id = azure.idOf('azure-native:app:ContainerApp', app);
    expect(azure.read(id)?.healthy, 'it is there all the same').toBe(false);

    store.change({ rolesTake: 2 });
    assign({
      scope: registry.id,
      principalId: textAt(identity.outputs, 'principalId'),
      principalType: 'ServicePrincipal',
    });
    const again = () => azure.update(id, 'azure-native:app:ContainerApp', app);
    expect(refused(again)).toBe('ContainerAppOperationError');
    store.change({ clock: 2 });
    expect(refused(again)).toBe('');
    expect(azure.read(id)?.healthy).toBe(true);
    expect(refused(() => azure.delete(environment.id, environment.type))).toBe(
      'CannotDeleteResource',
    );
  });

  it('changes in place what can be changed, and nothing else', () => {
    group();
    const { id, type } = create('cognitiveservices:Account', ACCOUNT);
    create('cognitiveservices:Project', PROJECT);
    const tagged = { ...ACCOUNT, tags: { a: 'b' } };
    expect(azure.replacing(type, ACCOUNT, tagged)).toEqual([]);
    expect(azure.update(id, type, tagged).outputs['tags']).toEqual({ a: 'b' });
    const moved = { ...ACCOUNT, location: 'westeurope', resourceGroupName: 'other' };
    expect(azure.replacing(type, ACCOUNT, moved)).toEqual(['resourceGroupName', 'location']);
    expect(refused(() => azure.update(id, type, moved))).toBe('PropertyChangeNotAllowed');
    expect(refused(() => azure.delete(id, type))).toBe('CannotDeleteResource');
  });

  it('fails as a test says, and as often', () => {
    store.change({ faults: [{ call: 'create', after: 1, code: 'Conflict' }] });
    group();
    expect(refused(() => create('containerregistry:Registry', REGISTRY))).toBe('Conflict');
    expect(refused(() => create('containerregistry:Registry', REGISTRY))).toBe('');
  });
});
