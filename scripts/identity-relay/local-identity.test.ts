import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld } from '../azure/testing/world.ts';
import type { World } from '../azure/testing/world.ts';
import { writeFakeProgram } from '../verbs/testing/fake-program.ts';
import type { Rule } from '../verbs/testing/fake-program.ts';
import { localIdentity } from './local-identity.ts';

const HOSTS = '127.0.0.1\tlocalhost\n192.168.49.1\thost.minikube.internal\n';
const AUDIENCE = 'https://cognitiveservices.azure.com';

let world: World;
let end: () => void;
let until: Promise<void>;

beforeEach(() => {
  world = createWorld();
  ({ promise: until, resolve: end } = Promise.withResolvers<void>());
  world.az({
    match: `account get-access-token --resource ${AUDIENCE}`,
    out: { accessToken: 'az-token', expires_on: 4_000_000_000 },
  });
  minikube({ match: 'ssh -- cat /etc/hosts', out: HOSTS });
  kubectl();
});
afterEach(() => world.remove());

function fake(name: string, rules: readonly Rule[]): void {
  writeFakeProgram({ name, bin: world.bin, state: world.state, rules });
}
const minikube = (...rules: Rule[]) => fake('minikube', rules);
const kubectl = (...rules: Rule[]) =>
  fake('kubectl', [
    ...rules,
    { match: '*apply -f -', sh: 'cat > "$state/stdin"' },
    { match: '*rollout restart' },
  ]);

/** On the first address that this machine has of those given. */
const run = (addresses: readonly string[] = [], port = 0) =>
  localIdentity(world.session(), { addresses, port, until });
const refused = () =>
  run().then(
    () => 'it went through',
    (error: unknown) => String(error),
  );

/** What was handed to kubectl, once it was. */
async function handed(): Promise<{ stringData: Record<string, string> }> {
  const stop = performance.now() + 10_000;
  while (!world.said().includes('Leave this open')) {
    if (performance.now() > stop) throw new Error(world.said());
    await Bun.sleep(10);
  }
  return JSON.parse(readFileSync(join(world.state, 'stdin'), 'utf8')) as never;
}

describe('make local-identity', () => {
  it('gives the pods an address and a secret that lead to a token of az', async () => {
    const running = run();
    const { stringData } = await handed();
    const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = stringData;
    expect(IDENTITY_ENDPOINT).toMatch(/^http:\/\/host\.minikube\.internal:\d+\/msi\/token$/);
    const { port, pathname } = new URL(IDENTITY_ENDPOINT);
    const address = `http://127.0.0.1:${port}${pathname}?api-version=2019-08-01&resource=${AUDIENCE}`;
    const answer = await fetch(address, { headers: { 'x-identity-header': IDENTITY_HEADER } });
    expect(await answer.json()).toMatchObject({ access_token: 'az-token' });
    expect((await fetch(address)).status).toBe(401);
    end();
    await running;
    await expect(fetch(address)).rejects.toThrow();

    const calls = world.calls().join('\n');
    expect(calls).toMatch(/kubectl --context minikube -n stt apply -f -/);
    expect(calls).toMatch(/kubectl --context minikube -n stt rollout restart deployment\/stt/);
    expect(IDENTITY_HEADER).toMatch(/^[\w-]{43}$/);
    expect(calls + world.said()).not.toContain(IDENTITY_HEADER);
    expect(calls + world.said()).not.toContain('az-token');
  });

  it('listens on the address of the cluster where this machine has it, else on its loopback', async () => {
    const loopback = run(['10.0.0.1']);
    await handed();
    end();
    await loopback;
    expect(world.said()).toContain('Listens on 127.0.0.1:');

    minikube({ match: 'ssh', out: '127.0.0.2\thost.minikube.internal\n' });
    await run(['127.0.0.2']);
    expect(world.said()).toContain('Listens on 127.0.0.2:');
  });

  it('says that nobody is logged in', async () => {
    world.az({ match: 'account show', err: "ERROR: Please run 'az login'", code: 1 });
    expect(await refused()).toContain('az login');
  });

  it('says that Minikube does not run, or is not there', async () => {
    minikube({ match: 'ssh', err: 'host is not running', code: 85 });
    expect(await refused()).toContain('Minikube does not run. Type: make deploy-local');
    rmSync(join(world.bin, 'minikube'));
    expect(await refused()).toContain('minikube is not on PATH');
  });

  it('says that the stack is not up, and listens no longer', async () => {
    kubectl({ match: '*apply -f -', err: 'namespaces "stt" not found', code: 1 });
    expect(await refused()).toMatch(/namespaces "stt" not found[^]*Type: make deploy-local/);
  });

  it('says that the port is taken', async () => {
    const other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const sentence = await run([], other.port).then(
      () => 'it went through',
      (error: unknown) => String(error),
    );
    await other.stop(true);
    expect(sentence).toContain('Does another make local-identity run?');
  });
});
