/** `make local-identity`: lends the login of az to the pods of the local cluster, for Speech alone, as long as it runs. */
import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { IDENTITY_RELAY_PORT } from '../../stacks/local/guards.ts';
import { NAME, NAMESPACE } from '../../stacks/local/place.ts';
import { IDENTITY_SECRET } from '../../stacks/local/pod.ts';
import { createAz } from '../azure/az.ts';
import type { Az } from '../azure/az.ts';
import { currentLogin } from '../azure/login.ts';
import { numberAt, textAt } from '../verbs/json.ts';
import { MissingProgram, run } from '../verbs/programs.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { RELAY_PATH, startRelay } from './relay.ts';
import type { Token } from './relay.ts';

const STEPS = 3;
const LOOPBACK = '127.0.0.1';
/** The name by which pods find the host. */
const HOST = 'host.minikube.internal';
const SECRET_BYTES = 32;

export interface Options {
  /** Addresses of this machine. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** The relay ends when this does. */
  readonly until: Promise<unknown>;
}

export const FOR_EVER: Options = {
  addresses: Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address),
  ),
  port: IDENTITY_RELAY_PORT,
  until: new Promise(() => undefined),
};

/** Rejects with `Refusal` where something is not as it must be; resolves when it was told to end. */
export async function localIdentity(session: Session, options: Options): Promise<void> {
  const { say } = session;
  say.begin('make local-identity', STEPS);

  say.step('Login and cluster');
  const az = createAz(session);
  const login = await currentLogin(az);
  const address = await hostAddress(session);
  // Docker Desktop's address is none of this machine's: it leads to its loopback.
  const hostname = options.addresses.includes(address) ? address : LOOPBACK;
  say.done(`${login.userName} lends their login; pods reach this machine as ${HOST} (${address})`);

  say.step('Relay');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const relay = listen(hostname, options.port, secret, az, session);
  try {
    say.done(`Listens on ${hostname}:${relay.port} and nowhere else`);
    say.step('Pods');
    await kubectl(session, ['apply', '-f', '-'], secretManifest(secret, relay.port));
    await kubectl(session, ['rollout', 'restart', `deployment/${NAME}`]);
    say.done('They start anew and ask this relay for tokens, for Speech and nothing else');
    say.plain('  Leave this open; Ctrl-C ends it, and then no pod gets a token any more.');
    await options.until;
  } finally {
    await relay.stop();
  }
}

function listen(hostname: string, port: number, secret: string, az: Az, { say }: Session) {
  try {
    return startRelay({
      hostname,
      port,
      secret,
      tokenFor: (audience) => azToken(az, audience),
      answered: (status, audience) =>
        status === 200
          ? say.note(`A token for ${audience}`)
          : say.warn(`Refused (${status}) a request for ${audience}`),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${hostname}:${port} cannot be listened on (${why}). Does another make local-identity run? End it, then type: make local-identity`,
      { cause: error },
    );
  }
}

/** The address that the cluster has for this machine. Throws `Refusal`. */
async function hostAddress(session: Session): Promise<string> {
  const outcome = await program(session, 'minikube', ['ssh', '--', 'cat', '/etc/hosts']);
  const line = outcome.stdout.split('\n').find((each) => each.includes(HOST)) ?? '';
  const address = /^\s*(\d+(?:\.\d+){3})\s/.exec(line)?.[1];
  if (outcome.exitCode !== 0 || address === undefined) {
    throw new Refusal('Minikube does not run. Type: make deploy-local');
  }
  return address;
}

async function azToken(az: Az, audience: string): Promise<Token> {
  const answer = await az(['account', 'get-access-token', '--resource', audience]);
  const accessToken = textAt(answer, 'accessToken');
  // Seconds since 1970; the older field beside it is in local time.
  const seconds = numberAt(answer, 'expires_on');
  if (accessToken === null || seconds === null) {
    throw new Refusal('az gave no token. Type: az login');
  }
  return { accessToken, expiresAtMs: seconds * 1000 };
}

function secretManifest(secret: string, port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: IDENTITY_SECRET, namespace: NAMESPACE },
    stringData: {
      IDENTITY_ENDPOINT: `http://${HOST}:${port}${RELAY_PATH}`,
      IDENTITY_HEADER: secret,
    },
  });
}

async function kubectl(session: Session, parts: string[], stdin?: string): Promise<void> {
  const where = ['--context', 'minikube', '-n', NAMESPACE];
  const { exitCode, stderr } = await program(session, 'kubectl', [...where, ...parts], stdin);
  if (exitCode !== 0) {
    throw new Refusal(
      `kubectl ${parts.join(' ')} failed: ${stderr.trim()}\nIs the stack up? Type: make deploy-local`,
    );
  }
}

async function program(
  { root, env }: Session,
  name: 'minikube' | 'kubectl',
  parts: readonly string[],
  stdin?: string,
) {
  try {
    return await run(name, parts, { cwd: root, env, ...(stdin !== undefined && { stdin }) });
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    throw new Refusal(
      `${name} is not on PATH. Install it (https://minikube.sigs.k8s.io/docs/start/ for minikube, https://kubernetes.io/docs/tasks/tools/ for kubectl), then type: make local-identity`,
      { cause: error },
    );
  }
}
