/** `make destroy-azure`: asks for the name typed back, takes everything away, and purges the account that would hold its name. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { azureNames } from '../../stacks/azure/names.ts';
import { createAz } from './az.ts';
import type { Az } from './az.ts';
import { chooseBackend } from '../verbs/backend.ts';
import type { Backend } from '../verbs/backend.ts';
import { readVariables, setVariables } from '../verbs/env-file.ts';
import { explained, sentenceFor } from './explained.ts';
import { KEYS_FILE } from './first-key.ts';
import { currentLogin, mustBeIn } from './login.ts';
import { deletedAccount, purgeCommand } from './names-free.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import type { Pulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import { REMOTE_FILE } from './remote-file.ts';
import type { Session } from '../verbs/session.ts';
import { readStackConfig, STACK } from './stack-config.ts';
import { checkTools } from './tools.ts';

const STEPS = 4;
const AGAIN =
  'What is left has lost its protection; make provision gives it back, make destroy-azure goes on.';

/** What is to go. */
interface Target {
  readonly resources: number;
  readonly resourceGroup: string;
  readonly account: string | null;
  readonly lines: readonly string[];
}

/** Rejects with `Refusal` or `Cancelled`; nothing is touched before the name was typed back. */
export async function destroy(session: Session, typedName: string | null): Promise<void> {
  const { say, env } = session;
  say.begin('make destroy-azure', STEPS);

  say.step('Tools, login and stack');
  const versions = await checkTools(session);
  say.done(`az ${versions.az}, pulumi ${versions.pulumi}`);
  const backend = chooseBackend(env);
  const pulumi = createPulumi(session, backend, STACK);
  const { az, target, subscription } = await explained({}, 'Nothing was touched.', () =>
    look(session, pulumi),
  );

  say.step('What goes');
  if (target.resources === 0) {
    say.done('The stack has no resources');
  } else {
    say.warn(`${target.resources} resources of ${subscription}, with all they hold:`);
    for (const line of target.lines) say.plain(`     ${line}`);
    await mustBeTyped(session, target.resourceGroup, typedName);
  }

  say.step('Teardown');
  if (target.resources > 0) {
    await explained({ account: target.account }, AGAIN, () => takeAway(pulumi));
    say.done('Everything that the stack made is gone');
  }
  const purged = await purge(session, az, target);

  say.step('What stays');
  clearRemote(session);
  sayWhatStays(session, backend);
  if (purged !== null) throw new Refusal(purged);
  say.end('Gone. make provision makes it anew');
}

async function look(session: Session, pulumi: Pulumi) {
  const config = readStackConfig(session.root);
  const az = createAz(session);
  const login = await currentLogin(az);
  const resources = (await pulumi.resources()) ?? 0;
  const location = config['azure-native:location'];
  if (resources === 0 && location === undefined) {
    throw new Refusal('There is nothing to take away: nothing was provisioned from here.');
  }
  const outputs = resources > 0 ? await pulumi.outputs() : {};
  const subscriptionId = config['azure-native:subscriptionId'] ?? outputs['subscriptionId'];
  mustBeIn(login, subscriptionId);
  const names =
    location === undefined
      ? null
      : azureNames({ name: config['stt:name'] ?? 'stt', subscriptionId: login.id, location });
  const target: Target = {
    resources,
    resourceGroup: outputs['resourceGroup'] ?? names?.resourceGroup ?? STACK,
    account: outputs['speechResourceName'] ?? names?.account ?? null,
    lines: Object.entries(outputs)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}`),
  };
  const subscription = `${login.name} (${login.id})`;
  return { az, target, subscription };
}

/** Throws `Refusal` unless the name of the resource group was typed. */
async function mustBeTyped(
  { ask, yes }: Session,
  resourceGroup: string,
  typedName: string | null,
): Promise<void> {
  const command = `make destroy-azure YES=1 NAME=${resourceGroup}`;
  if (yes) {
    if (typedName === resourceGroup) return;
    throw new Refusal(
      typedName === null
        ? `YES=1 alone is not enough to take ${resourceGroup} away. Type: ${command}`
        : `NAME=${typedName} is not what would go. Type: ${command}`,
    );
  }
  const typed = await ask.text({
    message: `Type ${resourceGroup} to take it all away; there is no way back.`,
    argument: `YES=1 NAME=${resourceGroup}`,
    initial: '',
    fault: () => null,
  });
  if (typed !== resourceGroup) {
    throw new Refusal(
      `“${typed}” is not ${resourceGroup}: nothing was touched. Type: make destroy-azure`,
    );
  }
}

async function takeAway(pulumi: Pulumi): Promise<void> {
  // A later provision must not ask for an app with an image that has gone with its registry.
  await pulumi.remove('stt:image');
  await pulumi.unprotectAll();
  await pulumi.destroy();
}

/** Null, or what to type where it fails. */
async function purge(session: Session, az: Az, target: Target): Promise<string | null> {
  const { say, ask, yes } = session;
  const name = target.account;
  if (name === null) return null;
  let command = 'az cognitiveservices account list-deleted -o table';
  try {
    const account = await deletedAccount(az, name);
    if (account === null) {
      say.done('No deleted account holds the name');
      return null;
    }
    command = `az ${purgeCommand(account).join(' ')}`;
    // With resources the name was typed back; without, nobody has agreed to anything yet.
    const agreed =
      yes ||
      target.resources > 0 ||
      (await ask.confirm({
        message: `Purge the deleted account ${name}? It cannot be restored then.`,
        argument: 'YES=1',
      }));
    if (!agreed) {
      say.note(`The deleted account ${name} can still be restored, and holds its name`);
      return null;
    }
    await az(purgeCommand(account));
    say.done(`Purged the deleted account ${name}: its name is free again`);
    return null;
  } catch (error) {
    const why = sentenceFor(error, { account: name });
    if (why === null) throw error;
    return `Everything is gone, but the deleted account ${name} still holds its name for 48 hours. ${why}\nTo purge it, type: ${command}`;
  }
}

/** The key stays: its hash does, and the next deployment takes it. */
function clearRemote({ root }: Session): void {
  const path = join(root, REMOTE_FILE);
  if (!existsSync(path)) return;
  const stale = ['BASE_URL', 'GRAFANA_URL'].filter((name) => readVariables(path)[name]);
  if (stale.length > 0) setVariables(path, Object.fromEntries(stale.map((name) => [name, ''])));
}

function sayWhatStays({ say, root }: Session, backend: Backend): void {
  say.note(`Pulumi's state, now empty: ${backend.url ?? 'where the access token is for'}`);
  say.note(
    `${REMOTE_FILE} without its address, and ${KEYS_FILE}: the next deployment takes the same keys`,
  );
  if (readVariables(join(root, '.env'))['STT_AZURE_SPEECH_RESOURCE_NAME']) {
    say.note(
      '.env still names the account: take the line STT_AZURE_SPEECH_RESOURCE_NAME out, and make start transcribes offline again',
    );
  }
  say.note('The logs of the app went with their workspace');
}
