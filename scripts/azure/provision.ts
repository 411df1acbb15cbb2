/** `make provision`: checks, asks, makes everything but the app, waits until it works, and writes the files. */
import { join } from 'node:path';
import { azureNames } from '../../stacks/azure/names.ts';
import { createAz } from './az.ts';
import type { Az } from './az.ts';
import { chooseBackend, ensureBackend, exportLines } from '../verbs/backend.ts';
import type { Backend } from '../verbs/backend.ts';
import {
  checkTyped,
  chooseEmail,
  chooseName,
  chooseRegion,
  chooseSubscription,
} from './choices.ts';
import type { Before, ProvisionArguments } from './choices.ts';
import { waitFor } from '../verbs/countdown.ts';
import { readVariables, setVariables } from '../verbs/env-file.ts';
import { explained } from './explained.ts';
import { ensureFirstKey, KEYS_FILE } from './first-key.ts';
import { currentLogin, principalId } from './login.ts';
import type { Login } from './login.ts';
import { mustBeFree, offerPurge } from './names-free.ts';
import { askProviders, ensureRegistered, neededProviders } from './providers.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import type { Pulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import { mustHaveRoom, offeredRegions } from './regions.ts';
import { REMOTE_FILE } from './remote-file.ts';
import { mustAllow, permissionsIn } from './rights.ts';
import type { Session } from '../verbs/session.ts';
import { speechToken, tryTranscription } from './speech-call.ts';
import { CONFIG_FILE, mustHaveConfig, readStackConfig, STACK } from './stack-config.ts';
import { checkTools } from './tools.ts';

const STEPS = 10;
const AGAIN = 'Nothing is lost: make provision goes on from here.';
/** Azure's own word is up to ten minutes for a role. */
const ROLE_WAIT = { everyMs: 10_000, limitMs: 600_000 };
const SAMPLE = 'samples/train.wav';
const DEFAULT_LANGUAGES = 'en-US';

interface Plan {
  readonly login: Login;
  readonly location: string;
  readonly name: string;
  readonly email: string;
}

/** Rejects with `Refusal` or `Cancelled`; running it again is safe after either. */
export async function provision(session: Session, typed: ProvisionArguments): Promise<void> {
  const { say, env } = session;
  say.begin('make provision', STEPS);

  say.step('Tools');
  const versions = await checkTools(session);
  say.done(`az ${versions.az}, pulumi ${versions.pulumi}`);
  const backend = chooseBackend(env);
  const pulumi = createPulumi(session, backend, STACK);

  const { plan, az, before } = await explained({}, 'Nothing was made.', () =>
    decide(session, pulumi, typed),
  );
  const names = azureNames({ ...plan, subscriptionId: plan.login.id });
  const facts = {
    ...names,
    location: plan.location,
    subscriptionId: plan.login.id,
    user: plan.login.userName,
  };

  await explained(facts, AGAIN, async () => {
    await keep(session, backend, pulumi, az, plan, before);

    say.step('Changes on Azure');
    await pulumi.preview();
    const message = 'Make these changes?';
    if (!session.yes && !(await session.ask.confirm({ message, argument: 'YES=1' }))) {
      throw new Refusal('Nothing was changed on Azure. Type: make provision, to be asked again.');
    }
    await pulumi.up();
    const outputs = await pulumi.outputs();
    say.done(
      `Everything is there, in the resource group ${outputs['resourceGroup'] ?? names.resourceGroup}`,
    );

    await firstCall(session, az, outputs, before);
    writeFiles(session, outputs, plan, before);
  });
  const lines = exportLines(backend);
  if (lines.length > 0) say.note('Pulumi commands of your own need:');
  for (const line of lines) say.plain(`     ${line}`);
  say.end('Next: make deploy-azure');
}

/** Checks and asks; writes nothing but registrations and purges that somebody agreed to. */
async function decide(session: Session, pulumi: Pulumi, typed: ProvisionArguments) {
  const { say, root } = session;
  say.step('Login and subscription');
  const config = readStackConfig(root);
  const az = createAz(session);
  const current = await currentLogin(az);
  const before: Before = { config, exists: ((await pulumi.resources()) ?? 0) > 0 };
  if (before.exists) mustHaveConfig(config);
  checkTyped(before, typed);
  const chosen = await chooseSubscription(session, az, current, before, typed.subscription);
  const login: Login = { ...current, ...chosen };
  // Everything from here on, plain pulumi included, works in what was chosen.
  if (login.id !== current.id) await az(['account', 'set', '--subscription', login.id]);
  say.done(`${login.userName} in ${login.name} (${login.id})`);

  say.step('Rights');
  mustAllow(await permissionsIn(az, login.id), login);
  say.done('May make resource groups and give roles');

  say.step('Resource providers');
  const providers = await askProviders(az, neededProviders(config));
  await ensureRegistered(session, az, providers);

  say.step('Region, names and alerts');
  const regions = await offeredRegions(az, providers.get('Microsoft.App'));
  const location = await chooseRegion(session, regions, before, typed.location);
  const name = await chooseName(session, before, typed.name);
  const email = await chooseEmail(session, before, typed.email);
  const names = azureNames({ name, location, subscriptionId: login.id });
  say.done(`${names.resourceGroup} in ${location}; alerts go to ${email || 'nobody'}`);

  say.step('Room and names');
  await offerPurge(session, az, names.account);
  if (before.exists) {
    say.done('The stack is there already: names and room are its own');
  } else {
    await mustHaveRoom(az, say, login.id, location);
    await mustBeFree(az, login.id, names);
    say.done(`The names ${names.account} and ${names.registry} are free`);
  }
  const plan: Plan = { login, location, name, email };
  return { plan, az, before };
}

/** State and configuration, from here on also those of plain `pulumi up`. */
async function keep(
  session: Session,
  backend: Backend,
  pulumi: Pulumi,
  az: Az,
  { login, location, name, email }: Plan,
  { config }: Before,
): Promise<void> {
  const { say, env } = session;
  say.step('State and configuration');
  const id = await principalId(az, login);
  const isFresh = ensureBackend(env, backend);
  await pulumi.selectOrCreate();
  const principal = config['stt:principalId'] ?? id;
  await pulumi.setAll({
    'azure-native:location': location,
    'azure-native:subscriptionId': login.id,
    'azure-native:tenantId': login.tenantId,
    'stt:name': name,
    'stt:alertEmails': email,
    ...(principal !== null && { 'stt:principalId': principal }),
    'stt:principalType':
      config['stt:principalId'] === undefined || config['stt:principalType'] === undefined
        ? login.userType
        : config['stt:principalType'],
  });
  say.done(
    `Pulumi's state: ${backend.url ?? 'where the access token is for'}; configuration: ${CONFIG_FILE}`,
  );
  if (isFresh) {
    say.note(
      `Its passphrase: ${backend.passphraseFile}. Keep a copy: without it the secrets of the state are lost.`,
    );
  }
  if (id !== null && principal !== id && config['stt:principalType'] !== 'Group') {
    say.warn(`Roles go to ${principal} (stt:principalId), and you are ${id}`);
  }
}

async function firstCall(
  session: Session,
  az: Az,
  outputs: Readonly<Record<string, string>>,
  { config }: Before,
): Promise<void> {
  const { say, root } = session;
  say.step('A first transcription, once the roles have arrived');
  const endpoint = outputs['speechEndpoint'] ?? '';
  const [language = DEFAULT_LANGUAGES] = (config['stt:languages'] ?? DEFAULT_LANGUAGES).split(',');
  const outcome = await waitFor(session, ROLE_WAIT, async () =>
    tryTranscription(endpoint, await speechToken(az), join(root, SAMPLE), language.trim()),
  );
  if ('waitingFor' in outcome) {
    throw new Refusal(
      `${outcome.waitingFor}, after ${ROLE_WAIT.limitMs / 60_000} minutes. Everything else is there. See who has the role: az role assignment list --all -g ${outputs['resourceGroup']} -o table. Then type: make provision`,
    );
  }
  say.done(`${SAMPLE}: “${outcome.value}”`);
}

function writeFiles(
  { say, root }: Session,
  outputs: Readonly<Record<string, string>>,
  { location }: Plan,
  { config }: Before,
): void {
  say.step('Files');
  const file = join(root, '.env');
  const languages = readVariables(file)['STT_LANGUAGES'];
  setVariables(file, {
    STT_AZURE_SPEECH_RESOURCE_NAME: outputs['speechResourceName'] ?? '',
    STT_AZURE_SPEECH_REGION: outputs['location'] ?? location,
    ...(languages === undefined && {
      STT_LANGUAGES: config['stt:languages'] ?? DEFAULT_LANGUAGES,
    }),
  });
  say.done('.env: make start now transcribes with Azure');
  const { name, made, others } = ensureFirstKey(root);
  if (outputs['url']) setVariables(join(root, REMOTE_FILE), { BASE_URL: outputs['url'] });
  if (made === null) {
    say.done(`${REMOTE_FILE} has the key of ${name} already`);
    return;
  }
  say.done(
    `${REMOTE_FILE} has the API key of ${name}, ${KEYS_FILE} its hash. It is shown this once:`,
  );
  say.plain(`  ${made}`);
  if (others.length > 0) {
    say.note(
      `${KEYS_FILE} also has ${others.join(', ')}. Take one back: make api-key-revoke KEYS_FILE=${KEYS_FILE} NAME=${others[0]}`,
    );
  }
}
