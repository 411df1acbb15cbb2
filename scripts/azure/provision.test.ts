import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../../service/emulator/index.ts';
import type { Emulator } from '../../service/emulator/index.ts';
import { fetchToken } from '../../service/emulator/test-clients.ts';
import { parseKeys } from '../../service/src/keys/key-file.ts';
import { createKeyRing } from '../../service/src/keys/key-ring.ts';
import type { ProvisionArguments } from './choices.ts';
import { provision } from './provision.ts';
import { Cancelled } from '../verbs/refusal.ts';
import { account, OTHER_SUBSCRIPTION, PERSON, SUBSCRIPTION } from './testing/azure-answers.ts';
import { UP } from './testing/pulumi-answers.ts';
import { createWorld, NAMES } from './testing/world.ts';
import type { Answers } from '../verbs/testing/place.ts';
import type { World } from './testing/world.ts';

const UNTYPED: ProvisionArguments = { subscription: null, location: null, name: null, email: null };
const IN_SWEDEN: ProvisionArguments = { ...UNTYPED, location: 'swedencentral' };
const ANSWERS: Answers = [
  ['Which region', 'swedencentral'],
  ['all names begin', true],
  ['Who is told', 'oncall@example.com'],
  ['Make these changes', true],
];
const CONFIG = 'stacks/config/Pulumi.azure.yaml';

let emulator: Emulator;
let token: string;
let world: World;

beforeAll(async () => {
  emulator = createEmulator();
  token = await fetchToken(emulator);
});
afterAll(() => emulator.stop());
beforeEach(() => {
  world = createWorld({ token, endpoint: emulator.url });
});
afterEach(() => {
  emulator.clearRules();
  world.remove();
});

const withYes = (typed = IN_SWEDEN) => provision(world.session({ yes: true }), typed);
const asking = (answers = ANSWERS, typed = UNTYPED) => provision(world.session({ answers }), typed);
const did = (part: string) => world.calls().filter((call) => call.includes(part));
const mode = (path: string) => statSync(path).mode & 0o777;

describe('make provision', () => {
  it('asks what it cannot know, shows the changes, makes them, transcribes, and writes the files', async () => {
    world.write('.env', '# mine\nPORT=9000\n');
    await asking();
    expect(world.asked().map((question) => question.slice(0, 12))).toEqual([
      'Which region',
      'With what do',
      'Who is told ',
      'Make these c',
    ]);
    expect(world.read(CONFIG)).toContain('stt:alertEmails: "oncall@example.com"');
    expect(world.read(CONFIG)).toContain(`stt:principalId: "${PERSON}"`);
    expect(world.read('.env')).toBe(
      `# mine\nPORT=9000\nSTT_AZURE_SPEECH_RESOURCE_NAME=${NAMES.account}\nSTT_AZURE_SPEECH_REGION=swedencentral\nSTT_LANGUAGES=en-US\n`,
    );
    const order = ['preview', 'up --yes', 'get-access-token'].map((part) =>
      world.calls().findIndex((call) => call.includes(part)),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(world.said()).toContain('Part one in en-US');
    expect(world.said()).toMatch(/\[10\/10\] Files[^]*Next: make deploy-azure/);
  });

  it('makes the first key, keeps its hash, and shows it once', async () => {
    await withYes();
    const key = /^API_KEY=(stt_.*)$/m.exec(world.read('env.remote') ?? '')?.[1] ?? '';
    const hashes = world.read('.stt-keys.azure') ?? '';
    expect(createKeyRing(parseKeys(hashes, 'keys')).verify(key)?.name).toBe('first');
    expect(world.said().split(key)).toHaveLength(2);
    for (const file of ['env.remote', '.stt-keys.azure', '.env']) {
      expect(mode(join(world.root, file))).toBe(0o600);
    }
  });

  it('leaves languages that .env has, and else takes those of the stack', async () => {
    world.write(CONFIG, 'config:\n  stt:languages: de-DE,fr-FR\n');
    await withYes();
    expect(world.read('.env')).toContain('STT_LANGUAGES=de-DE,fr-FR');
    expect(world.said()).toContain('Part one in de-DE');
    world.write('.env', 'STT_LANGUAGES=it-IT\n');
    await withYes(UNTYPED);
    expect(world.read('.env')).toMatch(/^STT_LANGUAGES=it-IT\nSTT_AZURE/);
  });

  it('keeps a local state for the owner alone, and tells how to reach it', async () => {
    await withYes();
    const state = join(world.home, '.local/state/stt-platform');
    expect([mode(state), mode(join(state, 'passphrase'))]).toEqual([0o700, 0o600]);
    expect(world.said()).toContain(`export PULUMI_BACKEND_URL='file://${state}'`);
    expect(world.said()).toContain(`export PULUMI_CONFIG_PASSPHRASE_FILE='${state}/passphrase'`);
  });

  it('shows no program a secret among its arguments', async () => {
    await withYes();
    const passphrase = await Bun.file(
      join(world.home, '.local/state/stt-platform/passphrase'),
    ).text();
    const key = /^API_KEY=(.*)$/m.exec(world.read('env.remote') ?? '')?.[1] ?? '';
    const all = world.calls().join('\n');
    for (const secret of [passphrase.trim(), key, token]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(all).not.toContain(secret);
      expect(secret === key ? '' : world.said()).not.toContain(secret);
    }
  });

  it('changes nothing when it runs again, and asks no more than whether to', async () => {
    await asking();
    const files = ['.env', 'env.remote', '.stt-keys.azure', CONFIG];
    const before = files.map((file) => world.read(file));
    await asking([['Make these changes', true]]);
    expect(files.map((file) => world.read(file)?.split('\n').toSorted())).toEqual(
      before.map((text) => text?.split('\n').toSorted()),
    );
    expect(world.said()).toContain('env.remote has the key of first already');
  });

  it('makes another key where the first one is lost, and takes none back', async () => {
    await withYes();
    world.write('env.remote', '');
    await withYes();
    expect(world.read('.stt-keys.azure')).toMatch(/^first:.*\nfirst-2:.*\n$/);
    expect(world.said()).toContain('also has first. Take one back: make api-key-revoke');
  });

  it('works in the subscription that was chosen, and tells az', async () => {
    world.az({
      match: 'account list',
      out: [account(SUBSCRIPTION, 'Pay as you go'), account(OTHER_SUBSCRIPTION, 'Research')],
    });
    await asking([['Which subscription', OTHER_SUBSCRIPTION], ...ANSWERS]);
    const [set, show] = ['account set --subscription', 'provider show'].map((part) =>
      world.calls().findIndex((call) => call.includes(part)),
    );
    expect(set).toBeGreaterThan(0);
    expect(set).toBeLessThan(show ?? 0);
    expect(world.read(CONFIG)).toContain(`azure-native:subscriptionId: "${OTHER_SUBSCRIPTION}"`);
  });

  it('takes a subscription by its name, and a region as the portal writes it', async () => {
    await withYes({ ...UNTYPED, subscription: 'Pay as you go', location: 'Sweden Central' });
    expect(world.read(CONFIG)).toContain('azure-native:location: "swedencentral"');
  });

  it('registers providers only with consent', async () => {
    world.az({
      match: 'provider show -n Microsoft.Insights',
      out: { registrationState: 'NotRegistered' },
    });
    await expect(asking([['Register them', false]])).rejects.toThrow(
      'az provider register --wait -n Microsoft.Insights',
    );
    expect(did('provider register')).toEqual([]);
    await asking([['Register them', true], ...ANSWERS]);
    expect(did('provider register --wait -n Microsoft.Insights')).toHaveLength(1);
  });

  it('needs two providers more with Prometheus', async () => {
    world.write(CONFIG, 'config:\n  stt:prometheus: "true"\n');
    await withYes();
    expect(did('provider show -n Microsoft.Dashboard')).toHaveLength(1);
    expect(world.said()).toContain('All 9 resource providers are registered');
  });

  it('offers to purge a deleted account that holds the name', async () => {
    world.az({
      match: 'cognitiveservices account list-deleted',
      out: [
        {
          name: NAMES.account,
          location: 'swedencentral',
          id: `/subscriptions/x/providers/Microsoft.CognitiveServices/locations/swedencentral/resourceGroups/rg-old/deletedAccounts/${NAMES.account}`,
        },
      ],
    });
    await expect(asking([...ANSWERS.slice(0, 3), ['Purge', false]])).rejects.toThrow(
      `az cognitiveservices account purge -n ${NAMES.account} -g rg-old -l swedencentral`,
    );
    await asking([...ANSWERS, ['Purge', true]]);
    expect(did(`account purge -n ${NAMES.account} -g rg-old -l swedencentral`)).toHaveLength(1);
  });

  it('uses a backend that is configured as it is', async () => {
    world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
    await withYes();
    const [url, passphraseFile] = (await Bun.file(join(world.state, 'environment')).text()).split(
      '\n',
    );
    expect([url, passphraseFile]).toEqual(['https://api.pulumi.com', '']);
    expect(world.written().filter((path) => path.includes('passphrase'))).toEqual([]);
  });

  it('gives the roles to an application where one is logged in', async () => {
    const user = { name: 'app-id', type: 'servicePrincipal' };
    world.az(
      { match: 'account show', out: { ...account(SUBSCRIPTION, 'CI'), user } },
      { match: 'ad sp show --id app-id', out: { id: 'object-id' } },
    );
    await withYes();
    expect(world.read(CONFIG)).toContain('stt:principalId: "object-id"');
    expect(world.read(CONFIG)).toContain('stt:principalType: "ServicePrincipal"');
  });

  it('leaves the principal to Pulumi where the directory does not tell', async () => {
    world.az({ match: 'ad signed-in-user show', err: 'ERROR: Insufficient privileges', code: 1 });
    await withYes();
    expect(world.read(CONFIG)).not.toContain('principalId');
  });
});

describe('the wait for roles', () => {
  it('tries real calls and counts down until they have arrived', async () => {
    emulator.addRule({ fault: 'forbidden', on: 'fast', times: 2 });
    emulator.addRule({ fault: 'unauthorized', on: 'fast', times: 1 });
    await withYes();
    expect(world.waited()).toBe(30_000);
    expect(world.said()).toContain('The role has not arrived yet (403); 10:00 left');
    expect(did('get-access-token')).toHaveLength(4);
  });

  it('ends after ten minutes with what to look at, and goes on the next time', async () => {
    emulator.addRule({ fault: 'forbidden', on: 'fast' });
    await expect(withYes()).rejects.toThrow(
      /after 10 minutes[^]*az role assignment list[^]*make provision/,
    );
    expect(world.read('.env')).toBeNull();
    emulator.clearRules();
    await withYes();
    expect(world.read('.env')).toContain(NAMES.account);
  });
});

describe('a provision that broke off', () => {
  it('goes on after an update that failed in the middle', async () => {
    world.pulumi({
      match: 'up --yes',
      times: 1,
      sh: `echo 7 > "$state/resources"`,
      err: 'error: AccountProvisioningStateInvalid: Account x in state Accepted',
      code: 255,
    });
    await expect(withYes()).rejects.toThrow(/earlier step[^]*make provision goes on from here/);
    expect([world.read('.env'), world.read('.stt-keys.azure')]).toEqual([null, null]);
    await withYes(UNTYPED);
    expect(world.read('.env')).toContain(NAMES.account);
  });

  it('reads the reason from the events where Pulumi drew on the terminal', async () => {
    const event = JSON.stringify({
      diagnosticEvent: {
        severity: 'error',
        message: '<{%reset%}>Code="FlagMustBeSetForRestore"<{%reset%}>',
      },
    });
    writeFileSync(join(world.state, 'event'), event);
    world.pulumi({
      match: 'up --yes',
      sh: `[ "$PULUMI_DEBUG_COMMANDS" = true ] || exit 9; for last; do :; done; cp "$state/event" "$last"`,
      code: 255,
    });
    await expect(withYes()).rejects.toThrow(
      `account purge -n ${NAMES.account} -g ${NAMES.resourceGroup} -l swedencentral`,
    );
  });

  it('has changed nothing where the person says no to the changes', async () => {
    await expect(asking([...ANSWERS.slice(0, 3), ['Make these', false]])).rejects.toThrow(
      'Nothing was changed on Azure',
    );
    expect(did('pulumi up')).toEqual([]);
    expect(world.read('.env')).toBeNull();
  });

  it.each(['Which region', 'all names begin', 'Who is told'])(
    'has written nothing after Ctrl-C at: %s',
    async (question) => {
      const answers: Answers = ANSWERS.map(([part, answer]) => [
        part,
        part === question ? 'cancel' : answer,
      ]);
      await expect(asking(answers)).rejects.toThrow(Cancelled);
      expect(world.written()).toEqual([]);
    },
  );

  it('keeps the app on the image it has', async () => {
    await withYes();
    world.write(CONFIG, `${world.read(CONFIG)}  stt:image: "x.azurecr.io/stt@sha256:1"\n`);
    world.pulumi({ match: 'up --yes', sh: UP });
    await withYes(UNTYPED);
    expect(world.read(CONFIG)).toContain('stt:image: "x.azurecr.io/stt@sha256:1"');
  });
});
