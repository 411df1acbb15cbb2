import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destroy } from './destroy.ts';
import { Cancelled } from '../verbs/refusal.ts';
import { account, OTHER_SUBSCRIPTION, SUBSCRIPTION } from './testing/azure-answers.ts';
import { createWorld, LOCATION, NAMES } from './testing/world.ts';
import type { World } from './testing/world.ts';

const CONFIG = 'stacks/config/Pulumi.azure.yaml';
const GROUP = NAMES.resourceGroup;
const DELETED = [
  { name: 'of-somebody-else', location: LOCATION, id: '/x/resourceGroups/rg-x/deletedAccounts/y' },
  {
    name: NAMES.account,
    location: LOCATION,
    id: `/x/resourceGroups/${GROUP}/deletedAccounts/${NAMES.account}`,
  },
];

let world: World;

beforeEach(() => {
  world = createWorld({ url: 'https://stt.example.com' });
  world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
  world.write(
    CONFIG,
    `config:\n  azure-native:subscriptionId: "${SUBSCRIPTION}"\n  azure-native:location: "${LOCATION}"\n  stt:image: "x"\n`,
  );
  world.write('env.remote', '# mine\nBASE_URL=https://stt.example.com\nAPI_KEY=stt_secret\n');
  world.write('.env', `STT_AZURE_SPEECH_RESOURCE_NAME=${NAMES.account}\n`);
  writeFileSync(join(world.state, 'resources'), '14');
  writeFileSync(join(world.state, 'outputs'), world.read('../state/outputs.app') ?? '');
  world.az({ match: 'cognitiveservices account list-deleted', out: DELETED });
});
afterEach(() => world.remove());

const withYes = (name: string | null) => destroy(world.session({ yes: true }), name);
const asking = (answer: string) =>
  destroy(world.session({ answers: [[`Type ${GROUP}`, answer]] }), null);
const did = (part: string) => world.calls().filter((call) => call.includes(part));
const untouched = () =>
  expect(
    world.calls().filter((call) => /unprotect|pulumi destroy|purge|config rm/.test(call)),
  ).toEqual([]);

describe('make destroy-azure', () => {
  it('shows what goes, asks for its name, lifts the protection, and purges the account of this stack alone', async () => {
    await asking(GROUP);
    expect(world.said()).toContain(`speechResourceName: ${NAMES.account}`);
    const steps = ['state unprotect --all --yes', 'pulumi destroy --yes', 'account purge'].map(
      (part) => world.calls().findIndex((call) => call.includes(part)),
    );
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps).not.toContain(-1);
    expect(did('account purge').map((call) => call.split(' -o ')[0])).toEqual([
      `az cognitiveservices account purge -n ${NAMES.account} -g ${GROUP} -l ${LOCATION}`,
    ]);
  });

  it('leaves keys and foreign lines, and says what stays', async () => {
    await asking(GROUP);
    expect(world.read('env.remote')).toBe('# mine\nBASE_URL=\nAPI_KEY=stt_secret\n');
    expect(world.read(CONFIG)).not.toContain('stt:image');
    expect(world.said()).toContain('take the line STT_AZURE_SPEECH_RESOURCE_NAME out');
    expect(world.said()).toContain('https://api.pulumi.com');
  });

  it('takes the name from the command line where nobody is asked', async () => {
    await withYes(GROUP);
    expect(did('pulumi destroy')).toHaveLength(1);
  });

  it('says what to type where the purge fails, and does it the next time', async () => {
    world.az(
      { match: 'cognitiveservices account list-deleted', out: DELETED },
      {
        match: 'cognitiveservices account purge',
        times: 1,
        err: 'ERROR: (AuthorizationFailed) no',
        code: 1,
      },
    );
    await expect(withYes(GROUP)).rejects.toThrow(
      `type: az cognitiveservices account purge -n ${NAMES.account} -g ${GROUP} -l ${LOCATION}`,
    );
    expect(world.read('env.remote')).toContain('BASE_URL=\n');
    await withYes(null);
    expect(did('pulumi destroy')).toHaveLength(1);
    expect(world.said()).toContain('Purged the deleted account');
  });

  it('asks before it purges what an earlier teardown left', async () => {
    writeFileSync(join(world.state, 'resources'), '0');
    const again = (answer: boolean) =>
      destroy(world.session({ answers: [['Purge the deleted account', answer]] }), null);
    await again(false);
    expect(did('account purge')).toEqual([]);
    await again(true);
    expect(did('account purge')).toHaveLength(1);
  });

  it('goes on after a teardown that failed in the middle', async () => {
    world.pulumi({
      match: 'destroy --yes',
      times: 1,
      err: 'error: RequestConflict 409',
      code: 255,
    });
    await expect(withYes(GROUP)).rejects.toThrow(
      /lost its protection; make provision gives it back/,
    );
    await withYes(GROUP);
    expect(did('pulumi destroy')).toHaveLength(2);
  });
});

describe('make destroy-azure touches nothing', () => {
  it.each(['rg-other', '', NAMES.account])('where “%s” is typed', async (answer) => {
    await expect(asking(answer)).rejects.toThrow('nothing was touched');
    untouched();
  });

  it('after Ctrl-C', async () => {
    await expect(asking('cancel')).rejects.toThrow(Cancelled);
    untouched();
  });

  it('without the name, or with another one', async () => {
    await expect(withYes(null)).rejects.toThrow(`make destroy-azure YES=1 NAME=${GROUP}`);
    await expect(withYes('rg-other')).rejects.toThrow('NAME=rg-other is not what would go');
    await expect(destroy(world.session(), null)).rejects.toThrow(`YES=1 NAME=${GROUP}`);
    untouched();
  });

  it('in another subscription', async () => {
    world.az({ match: 'account show', out: account(OTHER_SUBSCRIPTION, 'Research') });
    await expect(withYes(GROUP)).rejects.toThrow(`az account set --subscription ${SUBSCRIPTION}`);
    untouched();
  });

  it('where nothing was provisioned', async () => {
    world.write(CONFIG, 'config: {}\n');
    writeFileSync(join(world.state, 'resources'), '0');
    await expect(withYes(GROUP)).rejects.toThrow('There is nothing to take away');
    untouched();
  });
});
