import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cancelled } from '../verbs/refusal.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { clusterStatus, createWorld, SOURCE, typing } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;

beforeEach(async () => {
  world = createWorld();
  await deploy(world.session(), typing(), SOURCE);
});
afterEach(() => world.remove());

const run = (withCluster = false) => destroy(world.session({ yes: true }), withCluster);
const inState = (host: string, server: string) =>
  world.program('minikube', { match: 'status -o json', out: clusterStatus(host, server), code: 7 });

function untouched(): void {
  expect(world.callsOf('pulumi', 'destroy')).toEqual([]);
  expect(world.callsOf('minikube', 'delete')).toEqual([]);
}

describe('make destroy-local', () => {
  it('takes the stack away and leaves the cluster', async () => {
    await run();
    expect(world.marked('resources')).toBe('0\n');
    expect(world.marked('unreachable')).toBe('');
    expect(world.callsOf('minikube', 'delete')).toEqual([]);
    expect(world.said()).toContain('make destroy-local CLUSTER=1');
  });

  it('deletes the cluster too, when told', async () => {
    await run(true);
    expect(world.callsOf('pulumi', 'destroy')).toHaveLength(1);
    expect(world.callsOf('minikube', 'delete')).toEqual(['delete -p minikube']);
    await expect(run(true)).rejects.toThrow('no stack, and no cluster');
  });

  it('deletes a cluster without a stack', async () => {
    await run();
    await run(true);
    expect(world.callsOf('pulumi', 'destroy')).toHaveLength(1);
    expect(world.marked('cluster')).toBeNull();
  });

  it('asks first', async () => {
    await destroy(world.session({ answers: [['Take it away', true]] }), false);
    expect(world.asked()).toEqual(['Take it away?']);
    expect(world.callsOf('pulumi', 'destroy')).toHaveLength(1);
  });

  it('touches nothing on a no, on Ctrl-C, and where nobody can be asked', async () => {
    const answered = (value: boolean | string) =>
      destroy(world.session({ answers: [['Take it away', value]] }), false);
    await expect(answered(false)).rejects.toThrow('Nothing was touched');
    await expect(answered('cancel')).rejects.toThrow(Cancelled);
    await expect(destroy(world.session(), false)).rejects.toThrow('YES=1');
    await expect(destroy(world.session(), true)).rejects.toThrow('YES=1 CLUSTER=1');
    untouched();
  });

  it('says where there is nothing', async () => {
    await run();
    await expect(run()).rejects.toThrow(
      'To delete the cluster, type: make destroy-local CLUSTER=1',
    );
  });

  it.each([
    ['Stopped', 'Stopped', 'minikube start -p minikube'],
    ['Running', 'Paused', 'minikube unpause -p minikube'],
  ])('refuses with a cluster that is %s, %s', async (host, server, command) => {
    inState(host, server);
    await expect(run()).rejects.toThrow(command);
    untouched();
    await run(true);
    expect(world.marked('unreachable')).toBe('true');
    expect(world.callsOf('minikube', 'delete')).toHaveLength(1);
  });

  it('clears the state of a cluster that is gone', async () => {
    rmSync(join(world.state, 'cluster'));
    await run();
    expect(world.marked('unreachable')).toBe('true');
    expect(world.marked('resources')).toBe('0\n');
  });

  it('looks first at a cluster that was made anew', async () => {
    rmSync(join(world.state, 'namespace'));
    await run();
    expect(world.callsOf('pulumi', 'destroy')[0]).toContain('--refresh');
  });

  it('says what is left where a step fails', async () => {
    world.program('minikube', { match: 'delete', err: 'X Exiting due to oops', code: 1 });
    await expect(run(true)).rejects.toThrow('The stack is gone, the cluster is not.');
    world.mark('resources', '3');
    world.program('pulumi', { match: 'destroy', err: 'error: i/o timeout', code: 1 });
    await expect(run()).rejects.toThrow('goes with the next make destroy-local');
  });

  it.each(['minikube', 'kubectl', 'pulumi'] as const)('needs %s', async (program) => {
    world.without(program);
    await expect(run()).rejects.toThrow(`${program} is not on PATH. Install it (https://`);
    untouched();
  });
});
