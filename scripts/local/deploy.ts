/** `make deploy-local`: starts Minikube, builds what changed inside it, deploys what differs, and waits for the rollout. */
import { chooseBackend, ensureBackend, exportLines } from '../verbs/backend.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import type { Pulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import type { Typed } from '../verbs/verb.ts';
import { ensureImage, imageName } from './build.ts';
import { ensureCluster } from './cluster.ts';
import { explained, sentenceFor } from './explained.ts';
import { createKubectl } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import { wantedSettings } from './options.ts';
import type { Wanted } from './options.ts';
import { isThere, showTrouble, untilRolledOut } from './rollout.ts';
import { CLUSTER, CONTEXT_KEY, readStackConfig, STACK } from './stack.ts';
import type { Config } from './stack.ts';
import { checkHelm, checkTools } from './tools.ts';

const VERB = 'deploy-local';
const STEPS = 5;
const UNTOUCHED = 'What is deployed was not touched.';

/** Rejects with `Refusal` or `Cancelled`; pods of the version before serve until new ones are ready. */
export async function deploy(session: Session, typed: Typed, source: ImageSource): Promise<void> {
  const { say, root, env } = session;
  say.begin(`make ${VERB}`, STEPS);

  say.step('Tools and settings');
  say.done(await checkTools(session, ['minikube', 'kubectl', 'pulumi']));
  const config = readStackConfig(root);
  const image = imageName(source);
  const wanted = wantedSettings(root, config, typed, image);
  if (wanted.settings.monitoring) await checkHelm(session);
  sayOptions(session, wanted);

  const minikube = createMinikube(session);
  say.step('Cluster');
  await explained(VERB, UNTOUCHED, () => ensureCluster(session, minikube));

  say.step('Image');
  await explained(VERB, UNTOUCHED, () => ensureImage(session, minikube, source, image));

  const kubectl = createKubectl(session);
  const backend = chooseBackend(env);
  const pulumi = createPulumi(session, backend, STACK);
  try {
    say.step('Update');
    ensureBackend(env, backend);
    await configure(pulumi, config, wanted, image);
    await update(session, pulumi, kubectl);
    say.step('Until the new pods are ready');
    await untilRolledOut(session, kubectl);
    say.done(`${image} runs`);
  } catch (error) {
    await giveUp(session, kubectl, error);
  }
  sayNext(session, wanted, exportLines(backend));
}

function sayOptions({ say }: Session, { set, remove, settings }: Wanted): void {
  for (const [key, value] of Object.entries(set)) say.note(`${key}=${value} from now on`);
  for (const key of remove) say.note(`${key} is its default again`);
  if (settings.faults !== undefined && set['stt:faults'] === undefined) {
    say.warn(
      `Faults are still on (${settings.faults}). To take them off, type: make ${VERB} FAULTS=none`,
    );
  }
}

async function configure(
  pulumi: Pulumi,
  config: Config,
  { set, remove }: Wanted,
  image: string,
): Promise<void> {
  await pulumi.selectOrCreate();
  const values = { [CONTEXT_KEY]: CLUSTER, ...set };
  const differing = Object.entries(values).filter(([key, value]) => config[key] !== value);
  if (differing.length > 0) await pulumi.setAll(Object.fromEntries(differing));
  for (const key of remove) {
    // oxlint-disable-next-line no-await-in-loop
    await pulumi.remove(key);
  }
  if (config['stt:image'] !== image) await pulumi.set('stt:image', image);
}

async function update({ say }: Session, pulumi: Pulumi, kubectl: Kubectl): Promise<void> {
  const resources = (await pulumi.resources()) ?? 0;
  const refresh = resources > 0 && !(await isThere(kubectl));
  if (refresh) {
    say.note('The cluster has nothing of what the state says: deploying all of it again');
  } else if (resources > 0 && (await pulumi.changes()) === 0) {
    say.done('The cluster has this image and these settings: nothing to deploy');
    return;
  }
  await pulumi.up({ refresh });
  say.done('Deployed');
}

/** Shows what the cluster knows, and rejects with what to do. */
async function giveUp(session: Session, kubectl: Kubectl, error: unknown): Promise<never> {
  if (sentenceFor(VERB, error) === null) throw error;
  const trouble = await showTrouble(session, kubectl);
  throw new Refusal(
    `${sentenceFor(VERB, error, trouble)}\nPods of the version before, where there were any, still serve. When the cause is mended, type: make ${VERB}`,
    { cause: error },
  );
}

function sayNext({ say }: Session, { settings }: Wanted, lines: readonly string[]): void {
  say.plain(`
  make local-api        a URL over all pods
${settings.monitoring ? '  make local-grafana    boards, with user and password\n' : ''}\
  make local-status     pods, what they use, last events
  make local-logs       what the pods say
  make ${VERB}     again after a change of the code
  make destroy-local    takes it all away
`);
  if (lines.length > 0) say.note('Pulumi commands of your own need:');
  for (const line of lines) say.plain(`     ${line}`);
  say.end('Speech to text runs in the cluster. Next: make local-api');
}
