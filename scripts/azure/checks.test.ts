import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailFault, nameFault } from './choices.ts';
import { EXPLANATIONS, explain } from './explain.ts';
import { containerAppRegions, neededProviders, regionName } from './providers.ts';
import { mustOffer } from './regions.ts';
import { allows } from './rights.ts';

const WRITE_ROLES = 'Microsoft.Authorization/roleAssignments/write';
const CONTRIBUTOR = {
  actions: ['*'],
  notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
};

describe('rights', () => {
  it.each([
    ['an owner', [{ actions: ['*'], notActions: [] }], true],
    ['a contributor', [CONTRIBUTOR], false],
    [
      'a contributor who may also give roles',
      [CONTRIBUTOR, { actions: ['Microsoft.Authorization/roleAssignments/*'], notActions: [] }],
      true,
    ],
    ['a reader', [{ actions: ['*/read'], notActions: [] }], false],
    ['somebody without a role', [], false],
  ])('of %s', (_who, permissions, allowed) => {
    expect(allows(permissions, WRITE_ROLES)).toBe(allowed);
  });

  it('take a pattern without a star for what it says and no more', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !text.includes('*')),
        (text) => {
          const only = [{ actions: [text], notActions: [] }];
          expect(allows(only, text)).toBe(true);
          expect(allows(only, `${text}x`)).toBe(false);
        },
      ),
    );
  });
});

describe('regions', () => {
  const provider = {
    resourceTypes: [
      { resourceType: 'containerApps', locations: ['East US'] },
      { resourceType: 'managedEnvironments', locations: ['Sweden Central', 'West US 2'] },
    ],
  };

  it('are named as Azure takes them', () => {
    expect(containerAppRegions(provider)).toEqual(['swedencentral', 'westus2']);
    expect(regionName('WESTEUROPE')).toBe('westeurope');
    expect(containerAppRegions({})).toEqual([]);
  });

  it('that lack something are refused with one nearby', () => {
    expect(() => mustOffer(['eastus', 'westeurope', 'westus2'], 'westindia')).toThrow(
      'LOCATION=westeurope',
    );
    expect(() => mustOffer(['eastus'], 'eastus')).not.toThrow();
  });

  it('need more providers with Prometheus', () => {
    expect(neededProviders({ 'stt:prometheus': 'true' })).toHaveLength(
      neededProviders({}).length + 2,
    );
  });
});

describe('names and addresses', () => {
  it.each([
    ['stt', true],
    ['a1', true],
    ['abcdefghij', true],
    ['s', false],
    ['Stt', false],
    ['1stt', false],
    ['abcdefghijk', false],
    ['s-t', false],
  ])('the name %s can be: %s', (name, can) => expect(nameFault(name) === null).toBe(can));

  it.each([
    ['', true],
    ['a@b.example, c@d.example', true],
    ['a@b', false],
    ['a@b.example,oops', false],
  ])('“%s” can be told: %s', (text, can) => expect(emailFault(text) === null).toBe(can));
});

describe('explain', () => {
  // As Azure, az and Pulumi write them.
  it.each([
    [
      'Status=409 Code="FlagMustBeSetForRestore" Message="An existing resource with ID \'/subscriptions/x\' has been soft-deleted."',
      'az cognitiveservices account purge -n stt-speech -g rg',
    ],
    ['(CustomDomainInUse) Please pick a different name.', 'NAME=<another>'],
    [
      "(AuthorizationFailed) The client 'x' does not have authorization to perform action 'y' over scope 'z'",
      'role assignment create',
    ],
    [
      'RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      'az role assignment list',
    ],
    ['RoleAssignmentExists: The role assignment already exists.', 'az role assignment delete'],
    [
      "MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.App'",
      'make provision',
    ],
    ['AccountProvisioningStateInvalid: Account /x in state Accepted', 'in a minute'],
    ['Status=409 Code="RequestConflict" Another operation is being performed', 'in a minute'],
    ['InsufficientQuota: This operation require 1 new capacity', 'Quotas'],
    ['(SubscriptionNotFound) The subscription x could not be found.', 'az account set'],
    [
      'LocationNotAvailableForResourceType: The provided location is not available',
      'LOCATION=swedencentral',
    ],
    [
      '(TasksOperationsNotAllowed) ACR Tasks requests for the registry are not permitted.',
      'docker push',
    ],
    ['AADSTS700082: The refresh token has expired due to inactivity.', 'expired, or the tenant'],
    ['AADSTS50173: The provided grant has expired', 'expired, or the tenant'],
    ["Please run 'az login' to setup account.", 'Type: az login'],
    ['Operation expired.', 'az containerapp logs show'],
    [
      'Code="ContainerAppOperationError" Message="Failed to provision revision',
      'az containerapp logs show',
    ],
    [
      'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end',
      'pulumi cancel',
    ],
    [
      'error: getting stack configuration: get stack secrets manager: incorrect passphrase',
      'PULUMI_CONFIG_PASSPHRASE_FILE',
    ],
    ['PrincipalNotFound: Principal x does not exist in the directory', 'in a minute'],
  ])('knows %s', (text, next) => {
    expect(explain(text, { account: 'stt-speech', resourceGroup: 'rg' })).toContain(next);
  });

  it('has something for each of its own titles, and nothing for the rest', () => {
    expect(new Set(EXPLANATIONS.map(({ title }) => title)).size).toBe(EXPLANATIONS.length);
    for (const { title, sentence, next } of EXPLANATIONS) {
      expect(explain(title)).not.toBeNull();
      expect(sentence).toMatch(/\.$/);
      expect(next).not.toBe('');
    }
    expect(explain('the moon is full')).toBeNull();
  });

  it('leaves a name open that is not known', () => {
    expect(explain('CustomDomainInUse')).toContain('NAME=<another>');
    expect(explain('Operation expired', { app: 'stt' })).toContain('-n stt -g <resourceGroup>');
  });
});
