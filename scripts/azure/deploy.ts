/** `make deploy-azure`: builds what changed, deploys what differs, waits until it answers, and says how to call it. */
import { join } from 'node:path';
import { FIELDS, PATHS } from '../../service/src/contract.ts';
import { createAz } from './az.ts';
import type { Az } from './az.ts';
import { chooseBackend } from '../verbs/backend.ts';
import { refreshBoards } from './boards.ts';
import { builtDigest, REPOSITORY } from './build.ts';
import { waitFor } from '../verbs/countdown.ts';
import { readVariables, setVariables } from '../verbs/env-file.ts';
import { explained, sentenceFor } from './explained.ts';
import { keyHashes, KEYS_FILE } from './first-key.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import { currentLogin, mustBeIn } from './login.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import type { Pulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import { REMOTE_FILE } from './remote-file.ts';
import { answersReady, RevisionFailed, revisionReady, revisionsOf, showLogs } from './revision.ts';
import type { App } from './revision.ts';
import type { Session } from '../verbs/session.ts';
import { hasValue, mustHaveConfig, readStackConfig, STACK } from './stack-config.ts';
import { checkTools } from './tools.ts';

const STEPS = 5;
const READY_WAIT = { everyMs: 10_000, limitMs: 600_000 };
const UNTOUCHED = 'The app was not touched.';

type Outputs = Readonly<Record<string, string>>;
type Config = Readonly<Record<string, string>>;

/** Rejects with `Refusal` or `Cancelled`; whatever served before then still does. */
export async function deploy(session: Session, source: ImageSource): Promise<void> {
  const { say, root } = session;
  say.begin('make deploy-azure', STEPS);

  say.step('Tools, login and stack');
  const versions = await checkTools(session);
  const pulumi = createPulumi(session, chooseBackend(session.env), STACK);
  const { az, config, outputs, keys } = await explained({}, UNTOUCHED, () => look(session, pulumi));
  say.done(
    `az ${versions.az}, pulumi ${versions.pulumi}; ${outputs['resourceGroup']} in ${outputs['location']}`,
  );
  const registry = outputs['registryName'] ?? '';
  const app: App = {
    name: outputs['appName'] ?? '',
    resourceGroup: outputs['resourceGroup'] ?? '',
  };
  const facts = { ...outputs, registry, app: app.name, image: `${REPOSITORY}:${source.tag()}` };

  say.step('Image');
  const digest = await explained(facts, UNTOUCHED, () =>
    builtDigest(session, az, registry, source),
  );
  const image = `${outputs['registryServer']}/${REPOSITORY}@${digest}`;
  say.done(image);

  const before = (await explained(facts, UNTOUCHED, () => revisionsOf(az, app)))?.ready ?? null;
  try {
    await update(session, pulumi, config, { image, keys });
    await untilReady(session, az, pulumi, app, image);
  } catch (error) {
    await giveUp(session, az, pulumi, { app, config, before, facts, error });
  }

  say.step('Files');
  const now = await explained(facts, 'The new revision serves.', () => pulumi.outputs());
  const url = now['url'] ?? '';
  setVariables(join(root, REMOTE_FILE), {
    BASE_URL: url,
    ...(now['grafanaUrl'] && { GRAFANA_URL: now['grafanaUrl'] }),
  });
  say.done(`${REMOTE_FILE}: make transcribe TARGET=azure FILE=samples/train.wav reads it`);
  await refreshBoards(session, az, now['grafanaUrl']);
  if (!readVariables(join(root, REMOTE_FILE))['API_KEY']) {
    say.warn(
      `${REMOTE_FILE} has no API_KEY: put one of ${KEYS_FILE} there, or type make provision`,
    );
  }
  say.plain(`
  . ./${REMOTE_FILE}
  curl -H "Authorization: Bearer $API_KEY" -F ${FIELDS.audio}=@samples/train.wav ${url}${PATHS.transcriptionsIsolated}
`);
  say.end(`Speech to text answers on ${url}`);
}

/** Everything that must hold before anything is built. Throws `Refusal`. */
async function look(session: Session, pulumi: Pulumi) {
  const { root } = session;
  const config = readStackConfig(root);
  const az = createAz(session);
  const login = await currentLogin(az);
  const resources = await pulumi.resources();
  const outputs = resources ? await pulumi.outputs() : {};
  if (!outputs['registryName']) {
    throw new Refusal(
      resources
        ? 'The last make provision did not finish. Type: make provision'
        : 'Nothing is provisioned yet. Type: make provision',
    );
  }
  mustBeIn(login, config['azure-native:subscriptionId'] ?? outputs['subscriptionId']);
  mustHaveConfig(config);
  const keys = keyHashes(root);
  if (keys === null && !hasValue(root, 'stt:apiKeys')) {
    throw new Refusal(
      `There is no API key, and without one nobody may call the service. Type: make provision, or make api-key KEYS_FILE=${KEYS_FILE} NAME=first`,
    );
  }
  return { az, config, outputs, keys };
}

/** Configuration and, where it makes a difference, `pulumi up`. */
async function update(
  { say }: Session,
  pulumi: Pulumi,
  config: Config,
  { image, keys }: { readonly image: string; readonly keys: string | null },
): Promise<void> {
  say.step('Update');
  if (keys !== null && config['stt:apiKeys'] !== keys) await pulumi.set('stt:apiKeys', keys);
  if (config['stt:image'] !== image) await pulumi.set('stt:image', image);
  const changes = await pulumi.changes();
  if (changes === 0) {
    say.done('The app has this image, these keys and this configuration: nothing to deploy');
    return;
  }
  await pulumi.up();
  say.done(`Deployed: ${changes} resource(s) changed`);
}

async function untilReady(
  session: Session,
  az: Az,
  pulumi: Pulumi,
  app: App,
  image: string,
): Promise<void> {
  const { say } = session;
  say.step('Until the new revision answers');
  const revision = await waitFor(session, READY_WAIT, revisionReady(az, app, image));
  if ('waitingFor' in revision) throw new RevisionFailed(revision.waitingFor);
  say.done(`${revision.value} is ready`);
  const { url = '' } = await pulumi.outputs();
  const answer = await waitFor(session, READY_WAIT, () => answersReady(url));
  if ('waitingFor' in answer) throw new RevisionFailed(answer.waitingFor);
  if (answer.value === 'ready') say.done(`${url}${PATHS.readiness} answers`);
  else say.warn(`${url} turns this machine away: stt:allowedAddresses does not have its address`);
}

interface Failure {
  readonly app: App;
  /** As it was before. */
  readonly config: Config;
  /** The revision that took requests before, or null. */
  readonly before: string | null;
  readonly facts: Outputs;
  readonly error: unknown;
}

/** Shows the log, puts the configuration back, and rejects with what to do. */
async function giveUp(
  session: Session,
  az: Az,
  pulumi: Pulumi,
  { app, config, before, facts, error }: Failure,
): Promise<never> {
  const sentence =
    error instanceof RevisionFailed || error instanceof Refusal
      ? error.message
      : sentenceFor(error, facts);
  if (sentence === null) throw error;
  const now = await revisionsOf(az, app).catch(() => null);
  if (now?.latest && now.latest !== before) await showLogs(session, az, app, now.latest);
  await putBack(session, pulumi, config);
  const serves =
    now !== null && now.ready !== null && now.ready !== before
      ? `Azure has given the requests to ${now.ready} all the same. To bring the earlier image back, type: pulumi up --stack ${STACK}`
      : before === null
        ? 'Nothing served before, so nothing serves now.'
        : `The old revision ${before} still serves.`;
  throw new Refusal(`${sentence}\n${serves} When the cause is mended, type: make deploy-azure`, {
    cause: error,
  });
}

/** So that a plain `pulumi up` asks for what served before. */
async function putBack({ say }: Session, pulumi: Pulumi, config: Config): Promise<void> {
  const image = config['stt:image'];
  const keys = config['stt:apiKeys'];
  try {
    await (image === undefined ? pulumi.remove('stt:image') : pulumi.set('stt:image', image));
    if (keys !== undefined) await pulumi.set('stt:apiKeys', keys);
  } catch (error) {
    const why = sentenceFor(error);
    if (why === null) throw error;
    say.warn(`stt:image could not be put back. ${why}`);
  }
}
