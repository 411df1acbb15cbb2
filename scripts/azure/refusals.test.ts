import { join } from 'node:path';
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProvisionArguments } from './choices.ts';
import { provision } from './provision.ts';
import { account, OTHER_SUBSCRIPTION, SUBSCRIPTION } from './testing/azure-answers.ts';
import type { Rule } from '../verbs/testing/fake-program.ts';
import { createWorld, NAMES } from './testing/world.ts';
import type { World } from './testing/world.ts';

const UNTYPED: ProvisionArguments = { subscription: null, location: null, name: null, email: null };
const IN_SWEDEN: ProvisionArguments = { ...UNTYPED, location: 'swedencentral' };
const CONFIG = 'stacks/config/Pulumi.azure.yaml';

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

const refused = (typed = IN_SWEDEN, yes = true) =>
  provision(world.session({ yes }), typed).then(
    () => 'it went through',
    (error: unknown) => String(error),
  );

const fails = (match: string, err: string): Rule => ({ match, err: `ERROR: ${err}\n`, code: 1 });

/** What is wrong, what az answers then, and what the sentence must hold. */
const BAD_AZURE: readonly (readonly [string, Rule, RegExp])[] = [
  [
    'an old az',
    { match: 'version', out: { 'azure-cli': '2.59.9' } },
    /az is 2\.59\.9; 2\.60\.0 or newer[^]*az upgrade/,
  ],
  ['an az that tells no version', { match: 'version', out: 'oops' }, /az version tells no version/],
  [
    'no login',
    fails('account show', "Please run 'az login' to setup account."),
    /not logged in\. Type: az login/,
  ],
  [
    'an expired login',
    fails('account show', 'AADSTS700082: The refresh token has expired due to inactivity.'),
    /login of az has expired[^]*az login/,
  ],
  [
    'a login that expired meanwhile',
    fails('rest --method get', 'AADSTS50173: The provided grant has expired'),
    /login of az has expired[^]*Nothing was made/,
  ],
  [
    'a login without a subscription',
    { match: 'account show', out: {} },
    /in no subscription\. Type: az login/,
  ],
  [
    'no right to give roles',
    {
      match: 'rest --method get --url /subscriptions/*/permissions',
      out: { value: [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] }] },
    },
    /may not do Microsoft\.Authorization\/roleAssignments\/write[^]*az role assignment create --assignee ada@example\.com/,
  ],
  [
    'no rights at all',
    fails('rest --method get', "(AuthorizationFailed) The client 'x' does not have authorization"),
    /This login may not do that[^]*az role assignment create/,
  ],
  [
    'a region without speech',
    {
      match: 'cognitiveservices account list-skus',
      out: [{ name: 'S0', locations: ['WESTEUROPE'], restrictions: [] }],
    },
    /swedencentral does not offer both[^]*make provision LOCATION=westeurope/,
  ],
  [
    'a region that is restricted',
    {
      match: 'cognitiveservices account list-skus',
      out: [{ name: 'S0', locations: ['SWEDENCENTRAL'], restrictions: [{ type: 'Location' }] }],
    },
    /names no region with both/,
  ],
  [
    'a region without Container Apps',
    {
      match: 'provider show -n Microsoft.App ',
      out: {
        registrationState: 'Registered',
        resourceTypes: [{ resourceType: 'managedEnvironments', locations: ['East US'] }],
      },
    },
    /LOCATION=eastus/,
  ],
  [
    'no room for an environment',
    {
      match: 'rest --method get --url /subscriptions/*/usages',
      out: { value: [{ name: { value: 'ManagedEnvironmentCount' }, currentValue: 20, limit: 20 }] },
    },
    /20 of at most 20 Container Apps environments[^]*LOCATION=/,
  ],
  [
    'an answer that is no JSON',
    { match: 'account list', out: '<html>' },
    /az account list[^]*no JSON/,
  ],
  [
    'no network',
    fails('account list', 'Max retries exceeded with url: https://management.azure.com'),
    /could not be reached[^]*curl/,
  ],
];

const BAD_PULUMI: readonly (readonly [string, Rule, RegExp])[] = [
  [
    'an old pulumi',
    { match: 'version', out: 'v3.226.1\n' },
    /pulumi is 3\.226\.1; 3\.227\.0 or newer[^]*https:\/\/www\.pulumi\.com/,
  ],
  [
    'a stack that is locked',
    { match: 'preview', err: 'error: the stack is currently locked by 1 lock(s).', code: 255 },
    /pulumi cancel --stack azure/,
  ],
  [
    'a Pulumi without its host for Bun',
    {
      match: 'preview',
      err: "error: failed to load language plugin bun: no language plugin 'pulumi-language-bun' found",
      code: 1,
    },
    /get\.pulumi\.com/,
  ],
  [
    'an error that nobody knows',
    { match: 'preview', err: 'error: the moon is full', code: 1 },
    /the moon is full[^]*make provision goes on/,
  ],
];

describe('make provision refuses, says the next command, and writes nothing, with', () => {
  it.each(BAD_AZURE)('%s', async (_what, rule, sentence) => {
    world.az(rule);
    expect(await refused()).toMatch(sentence);
    expect(world.written()).toEqual([]);
    expect(world.calls().filter((call) => /pulumi (?:up|config|stack select)/.test(call))).toEqual(
      [],
    );
  });

  it.each(['az', 'pulumi'])('no %s', async (program) => {
    rmSync(join(world.bin, program));
    expect(await refused()).toMatch(new RegExp(`${program}[^.]* is not on PATH\\. Install it`));
    expect(world.written()).toEqual([]);
  });

  it('a name that somebody else has', async () => {
    world.az(
      { match: 'rest --method post', out: { isSubdomainAvailable: false } },
      fails('cognitiveservices account show', '(ResourceNotFound) no'),
    );
    expect(await refused()).toContain(
      `account ${NAMES.account} is taken by somebody else. Type: make provision NAME=<another>`,
    );
    expect(world.written()).toEqual([]);
  });

  it('a name of ours that the state does not know', async () => {
    world.az(
      { match: 'acr check-name', out: { nameAvailable: false } },
      { match: 'acr show', out: { id: 'x' } },
    );
    expect(await refused()).toMatch(/state was lost[^]*az group delete -n rg-stt-swedencentral/);
  });

  it('providers that cannot be registered', async () => {
    world.az(
      { match: 'provider show -n Microsoft.Insights', out: { registrationState: 'NotRegistered' } },
      fails('provider register', '(AuthorizationFailed) does not have authorization'),
    );
    expect(await refused()).toContain('This login may not do that');
    expect(world.written()).toEqual([]);
  });

  it('nobody to ask, and names what to type', async () => {
    expect(await refused(UNTYPED, false)).toContain('make provision LOCATION=swedencentral');
    expect(await refused(UNTYPED, true)).toContain('make provision YES=1 LOCATION=swedencentral');
    expect(await refused({ ...IN_SWEDEN, name: 'stt' }, false)).toContain('EMAIL=');
    world.az({
      match: 'provider show -n Microsoft.App ',
      out: { registrationState: 'NotRegistered' },
    });
    expect(await refused(IN_SWEDEN, false)).toContain(
      'az provider register --wait -n Microsoft.App',
    );
    expect(world.written()).toEqual([]);
  });

  it.each([
    [{ name: 'Speech!' }, 'NAME=Speech! cannot be: a name is 2 to 10 lower case letters'],
    [{ email: 'nobody' }, 'EMAIL=nobody cannot be: nobody is no mail address'],
    [{ location: 'atlantis' }, 'The region atlantis does not offer both'],
    [{ subscription: 'none' }, 'SUBSCRIPTION=none is none of this login: Pay as you go ('],
  ])('%j', async (typed, sentence) => {
    expect(await refused({ ...IN_SWEDEN, ...typed })).toContain(sentence);
    expect(world.written()).toEqual([]);
  });

  it('another subscription than that of the stack', async () => {
    world.write(CONFIG, `config:\n  azure-native:subscriptionId: ${OTHER_SUBSCRIPTION}\n`);
    expect(await refused()).toContain(`az account set --subscription ${OTHER_SUBSCRIPTION}`);
  });

  it('a change that would replace what is there', async () => {
    world.write(
      CONFIG,
      `config:\n  azure-native:location: westeurope\n  azure-native:subscriptionId: ${SUBSCRIPTION}\n`,
    );
    writeFileSync(join(world.state, 'resources'), '14');
    world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
    expect(await refused()).toContain(
      'LOCATION=swedencentral cannot be: the stack is there with westeurope',
    );
    expect(await refused({ ...UNTYPED, name: 'words' })).toContain('NAME=words cannot be');
    world.az({ match: 'account list', out: [account(OTHER_SUBSCRIPTION, 'Research')] });
    expect(await refused({ ...UNTYPED, subscription: 'Research' })).toContain('SUBSCRIPTION=');
  });

  it('a stack that another clone has made', async () => {
    writeFileSync(join(world.state, 'resources'), '14');
    world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
    expect(await refused()).toContain('pulumi config refresh --stack azure');
    expect(world.written()).toEqual([]);
  });

  it('a configuration that is no YAML', async () => {
    world.write(CONFIG, 'config: [\n');
    expect(await refused()).toContain('Pulumi.azure.yaml is no YAML');
  });

  it.each(BAD_PULUMI)('%s', async (_what, rule, sentence) => {
    world.pulumi(rule);
    expect(await refused()).toMatch(sentence);
    expect(world.calls().filter((call) => call.startsWith('pulumi up'))).toEqual([]);
    expect(world.written().filter((path) => /env|keys/.test(path))).toEqual([]);
  });

  it('a backend that Pulumi is not logged in to', async () => {
    world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
    world.pulumi({
      match: 'stack ls',
      err: 'error: PULUMI_ACCESS_TOKEN must be set for login',
      code: 3,
    });
    expect(await refused()).toContain('Type: pulumi login');
    expect(world.written()).toEqual([]);
  });

  it('a service that refuses the recording', async () => {
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response('no such path', { status: 404 }),
    });
    const outputs = JSON.stringify({ speechEndpoint: `http://127.0.0.1:${server.port}` });
    writeFileSync(join(world.state, 'outputs.base'), outputs);
    world.az({ match: 'account get-access-token', out: { accessToken: 'x' } });
    expect(await refused()).toMatch(/404: no such path[^]*may not have Fast Transcription/);
    await server.stop(true);
  });
});

describe('make provision goes on', () => {
  it.each<readonly [string, Rule, string]>([
    [
      'where Azure does not tell the quota',
      fails('rest --method get --url /subscriptions/*/usages', '(NotFound) no'),
      'does not tell how many',
    ],
    [
      'where the quota is zero right after registering',
      {
        match: 'rest --method get --url /subscriptions/*/usages',
        out: { value: [{ name: { value: 'ManagedEnvironmentCount' }, currentValue: 0, limit: 0 }] },
      },
      'can be wrong',
    ],
  ])('%s', async (_what, rule, note) => {
    world.az(rule, { match: 'account get-access-token', out: {} });
    // The token is none, so the call to Speech ends it.
    expect(await refused()).toContain('az gave no token');
    expect(world.said()).toContain(note);
  });
});
