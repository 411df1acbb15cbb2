/** The three verbs as a person types them, with a real Pulumi: only az, Azure and the network are stood in for. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEmulator } from '../../service/emulator/index.ts';
import type { Emulator } from '../../service/emulator/index.ts';
import { fetchToken } from '../../service/emulator/test-clients.ts';
import { PULUMI, startEngine } from '../../stacks/test/engine/engine.ts';
import type { Engine } from '../../stacks/test/engine/engine.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { readVariables } from '../verbs/env-file.ts';
import { provision } from './provision.ts';
import type { Session } from '../verbs/session.ts';
import { readStackConfig } from './stack-config.ts';
import { DIGEST, NOT_THERE, SUBSCRIPTION } from './testing/azure-answers.ts';
import { createWorld, NAMES } from './testing/world.ts';
import type { World } from './testing/world.ts';

const IMAGE = `${NAMES.registry}.azurecr.io/stt@${DIGEST}`;
const APP_HOST = /\.azurecontainerapps\.io$/;

let emulator: Emulator;
let engine: Engine;
let world: World;
let session: Session;

/** Azure's hosts lead to this machine; any other host is an error. */
function stayHere(): void {
  const original = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.hostname === `${NAMES.account}.cognitiveservices.azure.com`) {
      return original(emulator.url + url.pathname + url.search, init);
    }
    if (APP_HOST.test(url.hostname)) return Promise.resolve(new Response('ready'));
    if (url.hostname === '127.0.0.1') return original(input, init);
    throw new Error(`${url.href} is not to be asked here`);
  });
}

beforeEach(async () => {
  emulator = createEmulator();
  const token = await fetchToken(emulator);
  stayHere();
  engine = await startEngine();
  const { client } = engine.store.read();
  engine.store.change({ client: { ...client, subscriptionId: SUBSCRIPTION } });
  world = createWorld({ token });
  const bin = join(engine.project, '.bin');
  await Bun.write(join(bin, '.keep'), '');
  symlinkSync(PULUMI, join(bin, 'pulumi'));
  symlinkSync(join(world.root, 'samples'), join(engine.project, 'samples'));
  session = {
    ...world.session({ yes: true }),
    root: engine.project,
    env: { ...engine.env, PATH: `${bin}:${world.bin}:${engine.env['PATH']}` },
  };
});

afterEach(async () => {
  vi.unstubAllGlobals();
  world.remove();
  await engine.stop();
  await emulator.stop();
});

/** What was changed on Azure since the last time. */
function writes(): string[] {
  return engine.store
    .takeCalls()
    .filter(({ call }) => ['create', 'update', 'delete'].includes(call))
    .map(({ call, name }) => `${call} ${name}`);
}

it('provision, deploy, deploy again, and take everything away', async () => {
  const source = {
    tag: () => 'sha-1',
    stage: (directory: string) => {
      writeFileSync(join(directory, 'staged'), '');
      return 'sha-1';
    },
  };
  const typed = {
    subscription: null,
    location: 'swedencentral',
    name: null,
    email: 'a@example.com',
  };
  await provision(session, typed);
  expect(world.said()).toContain('Part one in en-US');
  expect(readVariables(join(engine.project, '.env'))).toMatchObject({
    STT_AZURE_SPEECH_RESOURCE_NAME: NAMES.account,
    STT_AZURE_SPEECH_REGION: 'swedencentral',
  });
  const before = Object.keys(engine.store.read().resources).length;
  expect(before).toBeGreaterThan(10);

  // Run again, it changes nothing.
  engine.store.takeCalls();
  await provision(session, { ...typed, location: null });
  expect(writes()).toEqual([]);

  world.az(
    { match: 'containerapp show', times: 1, err: NOT_THERE, code: 3 },
    {
      match: 'containerapp show',
      out: { properties: { latestRevisionName: 'stt--1', latestReadyRevisionName: 'stt--1' } },
    },
    {
      match: 'containerapp revision show',
      out: {
        properties: {
          provisioningState: 'Provisioned',
          runningState: 'Running',
          healthState: 'Healthy',
          template: { containers: [{ image: IMAGE }] },
        },
      },
    },
  );
  await deploy(session, source);
  expect(readStackConfig(engine.project)).toMatchObject({ 'stt:image': IMAGE });
  const remote = readVariables(join(engine.project, 'env.remote'));
  expect(new URL(remote['BASE_URL'] ?? '').hostname).toMatch(APP_HOST);
  expect(remote['API_KEY']).toMatch(/^stt_/);
  const app = Object.values(engine.store.read().resources).find(({ type }) =>
    type.endsWith(':ContainerApp'),
  );
  expect(JSON.stringify(app?.inputs)).toContain(IMAGE);
  expect(
    JSON.stringify(engine.store.read()) + world.said().replace(/^ {2}stt_.*$/m, ''),
  ).not.toContain(remote['API_KEY']);

  // What it runs already is not deployed again.
  engine.store.takeCalls();
  await deploy(session, source);
  expect(world.said()).toContain('nothing to deploy');
  expect(world.calls().filter((call) => call.includes('acr build'))).toHaveLength(1);
  expect(writes()).toEqual([]);

  await destroy(session, NAMES.resourceGroup);
  expect(engine.store.read().resources).toEqual({});
  expect(readVariables(join(engine.project, 'env.remote'))).toMatchObject({ BASE_URL: '' });
}, 180_000);
