/** Stack `azure` under the real Pulumi engine, with a stand-in for Azure that refuses what Azure refuses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AZURE_CASES } from '../cases.ts';
import { startEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import type { Call } from './store.ts';

const LEAST = AZURE_CASES.minimal;
const DEPLOYED = AZURE_CASES.deployed;
const SERVER = 'stta9ee31.azurecr.io';
const NEXT_IMAGE = { ...DEPLOYED, 'stt:image': `${SERVER}/stt@sha256:${'f'.repeat(64)}` };
const PROTECTED = ['account', 'logs', 'metrics-workspace', 'registry'];

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine();
});

afterEach(() => engine.stop());

async function up(config: Readonly<Record<string, string>>) {
  engine.store.takeCalls();
  const outputs = await engine.up(config);
  return { outputs, writes: writes() };
}

/** What a pulumi that must fail has said. */
async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing, since it succeeded',
    (error: unknown) => String(error),
  );
}

/** What was written to Azure since the last time: the call and the resource's name. */
function writes(calls: readonly Call[] = engine.store.takeCalls()): string[] {
  return calls
    .filter(({ call }) => ['create', 'update', 'delete'].includes(call))
    .map(({ call, name, code }) => `${call} ${name}${code === undefined ? '' : `: ${code}`}`);
}

function healthy(): boolean {
  return Object.values(engine.store.read().resources).every((each) => each.healthy);
}

describe('the stack on Azure', () => {
  it('comes up as a user types it, with nothing configured but a region', async () => {
    await engine.pulumi('config', 'set', '-s', 'azure', 'azure-native:location', 'swedencentral');
    expect(await engine.pulumi('preview', '-s', 'azure')).toContain('20 to create');
    expect(writes()).toEqual([]);
    expect(await engine.pulumi('up', '-s', 'azure', '--yes')).toContain('20 created');
    const outputs = JSON.parse(await engine.pulumi('stack', 'output', '-s', 'azure', '--json'));
    expect(outputs).toMatchObject({ registryServer: SERVER, image: '', url: '', grafanaUrl: '' });
    expect(healthy()).toBe(true);
  });

  it('changes nothing the second time, and then nothing but what is new', async () => {
    await engine.up(LEAST);
    expect((await up(LEAST)).writes).toEqual([]);

    const deployed = await up(DEPLOYED);
    expect(deployed.writes.filter((write) => !write.startsWith('create stt-')).toSorted()).toEqual([
      'create app',
      'update action-group',
    ]);
    expect(deployed.outputs['url']).toMatch(/^https:\/\/stt\.[a-z0-9.-]+\.azurecontainerapps\.io$/);

    const next = await up(NEXT_IMAGE);
    expect(next.writes).toEqual(['update app']);
    expect(next.outputs['url']).toBe(deployed.outputs['url']);

    const metered = await up({ ...NEXT_IMAGE, 'stt:prometheus': 'true' });
    expect(metered.writes.filter((write) => !write.startsWith('create '))).toEqual(['update app']);
    expect(metered.outputs['grafanaUrl']).toMatch(/^https:\/\/stt-grafana-/);
    expect(healthy()).toBe(true);

    engine.configure(NEXT_IMAGE);
    const said = await failure(engine.pulumi('up', '-s', 'azure', '--yes'));
    expect(said, 'series are not thrown away by the way').toContain(
      'metrics-workspace" cannot be deleted',
    );
    expect(writes()).toEqual([]);
  });

  it('takes a role from one person and gives it to another', async () => {
    await up(LEAST);
    const { client } = engine.store.read();
    engine.store.change({ client: { ...client, objectId: crypto.randomUUID() } });
    expect((await up(LEAST)).writes.toSorted()).toEqual([
      'create developer-foundry-user',
      'create developer-speech-user',
      'delete developer-foundry-user',
      'delete developer-speech-user',
    ]);
  });

  it.each([
    { call: 'create', type: ':Project', code: 'RequestConflict' },
    { call: 'create', type: ':ManagedEnvironment', code: 'OperationTimedOut', accepted: true },
    { call: 'create', after: 9, code: 'InternalServerError' },
  ] as const)('is finished by the next up after $code', async (fault) => {
    engine.store.change({ faults: [fault] });
    expect(await failure(engine.up(DEPLOYED))).toContain(fault.code);
    expect((await up(DEPLOYED)).outputs['url']).toMatch(/^https:/);
    expect(healthy()).toBe(true);
    expect((await up(DEPLOYED)).writes).toEqual([]);
  });

  it('is finished by the next up where the right to pull the image was slow to come', async () => {
    engine.store.change({ rolesTake: 5 });
    expect(await failure(engine.up(DEPLOYED))).toContain('UNAUTHORIZED: authentication required');
    engine.store.change({ clock: 5 });
    expect((await up(DEPLOYED)).writes).toContain('update app');
    expect(healthy()).toBe(true);
  });

  it('keeps what is protected until that is taken back, and then leaves nothing', async () => {
    await engine.up({ ...DEPLOYED, 'stt:prometheus': 'true' });
    const before = Object.keys(engine.store.read().resources).length;
    const refused = await failure(engine.pulumi('destroy', '-s', 'azure', '--yes'));
    for (const name of PROTECTED)
      expect(refused).toMatch(new RegExp(`::${name}" cannot be deleted`));
    expect(Object.keys(engine.store.read().resources)).toHaveLength(before);

    await engine.pulumi('state', 'unprotect', '-s', 'azure', '--all', '--yes');
    engine.store.takeCalls();
    await engine.pulumi('destroy', '-s', 'azure', '--yes', '--skip-preview');
    expect(engine.store.read().resources).toEqual({});
    expect(writes().at(-1)).toBe('delete group');

    // The name of an account stays behind, and Azure wants to be told what to do with it.
    expect(await failure(engine.up(LEAST))).toContain('FlagMustBeSetForRestore');
    engine.store.change({ softDeleted: [] });
    expect((await engine.up(LEAST))['speechResourceName']).toBe('stt-speech-a9ee31');
  });

  it('takes nothing over that it does not know, after its state was lost', async () => {
    await engine.up(LEAST);
    const before = engine.store.read();
    await engine.pulumi('stack', 'rm', 'azure', '--force', '--preserve-config', '--yes');
    await engine.pulumi('stack', 'init', 'azure');
    expect(await failure(engine.up(LEAST))).toContain('cannot create already existing resource');
    expect(engine.store.read()).toEqual(before);
  });

  it('says what is wrong with the configuration before it asks for anything', async () => {
    const wrong = { ...LEAST, 'stt:cpu': '3', 'stt:memory': '1Gi' };
    expect(await failure(engine.up(wrong))).toContain('stt:cpu and stt:memory');
    expect(engine.store.read().resources).toEqual({});
  });
});
