import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignmentName } from './grant.ts';
import { azureNames } from './names.ts';

const PARTS = {
  name: 'stt',
  subscriptionId: '11111111-2222-3333-4444-555555555555',
  location: 'swedencentral',
};

/** Microsoft's rules for the names of each type. */
const RULES = {
  resourceGroup: /^[\w.()-]{1,89}[\w()-]$/,
  account: /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/,
  project: /^[a-zA-Z0-9][\w.-]{1,63}$/,
  registry: /^[a-zA-Z0-9]{5,50}$/,
  logs: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
  environment: /^[a-z][a-z0-9-]{0,58}[a-z0-9]$/,
  identity: /^[a-zA-Z0-9][\w-]{2,127}$/,
  app: /^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
  actionGroup: /^[^%&?+:/\\]{1,260}$/,
  metrics: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
  collectionEndpoint: /^[a-zA-Z0-9][a-zA-Z0-9-]{1,42}[a-zA-Z0-9]$/,
  collectionRule: /^[\w.-]{1,64}$/,
  grafana: /^[a-zA-Z][a-zA-Z0-9-]{0,21}[a-zA-Z0-9]$/,
} as const;

describe('names on Azure', () => {
  it('fit the rules of their types, for every prefix that the configuration takes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/),
        fc.uuid(),
        fc.constantFrom('swedencentral', 'australiasoutheast', 'usgovvirginia'),
        (name, subscriptionId, location) => {
          const names = azureNames({ name, subscriptionId, location });
          for (const [key, rule] of Object.entries(RULES)) {
            expect(names[key as keyof typeof RULES]).toMatch(rule);
          }
        },
      ),
    );
  });

  it('are the same for the same installation, and differ where they must be unique in the world', () => {
    expect(azureNames(PARTS)).toEqual(azureNames({ ...PARTS }));
    const elsewhere = azureNames({ ...PARTS, location: 'westeurope' });
    for (const key of ['account', 'registry', 'grafana'] as const) {
      expect(elsewhere[key]).not.toBe(azureNames(PARTS)[key]);
    }
  });
});

describe('names of role assignments', () => {
  it('are GUIDs made of scope, principal and role, in whatever case these come', () => {
    const name = assignmentName('/Subscriptions/A', 'PRINCIPAL', 'acrPull');
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(assignmentName('/subscriptions/a', 'principal', 'acrPull')).toBe(name);
    for (const other of [
      assignmentName('/subscriptions/b', 'principal', 'acrPull'),
      assignmentName('/subscriptions/a', 'other', 'acrPull'),
      assignmentName('/subscriptions/a', 'principal', 'speechUser'),
    ]) {
      expect(other).not.toBe(name);
    }
  });
});
