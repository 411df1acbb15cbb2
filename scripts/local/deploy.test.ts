import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { deploy } from './deploy.ts';
import {
  clusterStatus,
  createWorld,
  IMAGE,
  profile,
  SOURCE,
  TAG,
  typing,
} from './testing/world.ts';
import type { World } from './testing/world.ts';

const CONFIG = 'stacks/config/Pulumi.local.yaml';

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

const run = (values: Readonly<Record<string, string>> = {}, source = SOURCE) =>
  deploy(world.session(), typing(values), source);

async function refused(...parts: Parameters<typeof run>): Promise<string> {
  try {
    await run(...parts);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('make deploy-local from nothing', () => {
  beforeEach(() => {
    world.remove();
    world = createWorld({ running: false });
  });

  it('starts the cluster, builds, deploys, waits, and says what to do next', async () => {
    await run();
    expect(world.callsOf('minikube', 'start')).toEqual([
      expect.stringMatching(/^start --cpus=[2-4] --memory=8g -p minikube$/),
    ]);
    expect(world.callsOf('minikube', 'addons')).toEqual([
      'addons enable metrics-server -p minikube',
    ]);
    expect(world.callsOf('minikube', 'image build')).toEqual([
      expect.stringMatching(
        new RegExp(`^image build -t ${IMAGE} -f service/Dockerfile /\\S+ -p minikube$`),
      ),
    ]);
    expect(world.marked('build-files')).toBe('staged\n');
    expect(world.read(CONFIG)).toContain(`stt:image: "${IMAGE}"`);
    expect(world.read(CONFIG)).toContain('kubernetes:context: "minikube"');
    expect(world.callsOf('pulumi', 'up')).toHaveLength(1);
    expect(world.callsOf('kubectl').at(-1)).toBe(
      '--context minikube rollout status deployment/stt -n stt --timeout=300s',
    );
    for (const next of ['local-api', 'local-grafana', 'local-status', 'local-logs']) {
      expect(world.said()).toContain(`make ${next} `);
    }
    expect(world.said()).toContain('export PULUMI_BACKEND_URL=');
  });

  it('keeps state and passphrase where only this user reads them', async () => {
    await run();
    expect(world.marked('environment')).toContain('.local/state/stt-platform/passphrase');
    expect(world.written()).toContain('.local/state/stt-platform/passphrase');
  });

  it('starts a stopped cluster, and wakes a paused one', async () => {
    world.program('minikube', {
      match: 'status -o json',
      out: clusterStatus('Stopped', 'Stopped', 'Stopped'),
      code: 7,
    });
    await run();
    expect(world.said()).toContain('The cluster is stopped: starting it');
    world.program('minikube', {
      match: 'status -o json',
      out: clusterStatus('Running', 'Paused'),
      code: 2,
    });
    await run();
    expect(world.callsOf('minikube', 'start')).toHaveLength(1);
    expect(world.callsOf('minikube', 'unpause')).toHaveLength(1);
  });

  it('says what to do where the machine is too small for it', async () => {
    world.program('minikube', {
      match: 'start',
      err: '* minikube v1.37.0\nX Exiting due to RSRC_OVER_ALLOC_MEM: Requested memory allocation 8192MB is more than your system limit 7900MB.\n',
      code: 29,
    });
    const sentence = await refused();
    expect(sentence).toContain('minikube says: X Exiting due to RSRC_OVER_ALLOC_MEM');
    expect(sentence).toContain('Type: minikube start -p minikube --memory=max');
    expect(sentence).toContain('What is deployed was not touched.');
    expect(world.callsOf('pulumi', 'up')).toEqual([]);
  });
});

describe('make deploy-local with a cluster that runs', () => {
  it('leaves it as it is', async () => {
    await run();
    expect(world.callsOf('minikube', 'start')).toEqual([]);
    expect(world.callsOf('minikube', 'update-context')).toEqual([]);
    expect(world.said()).not.toContain('! It has');
  });

  it.each([
    [1, 16_384],
    [16, 4096],
  ])('warns where it has %d CPUs and %d MiB', async (cpus, memoryMib) => {
    world.program('minikube', { match: 'profile list', out: profile(cpus, memoryMib) });
    await run();
    expect(world.said()).toContain(`! It has ${cpus} CPUs and ${memoryMib} MiB`);
    expect(world.said()).toContain('make destroy-local CLUSTER=1');
    expect(world.callsOf('pulumi', 'up')).toHaveLength(1);
  });

  it('says nothing of a size that Minikube does not tell', async () => {
    world.program('minikube', { match: 'profile list', out: 'no JSON', code: 1 });
    await run();
    expect(world.said()).not.toContain('! It has');
  });

  it('takes the first of several nodes, and mends a kubeconfig that leads elsewhere', async () => {
    world.program('minikube', {
      match: 'status -o json',
      out: [
        clusterStatus('Running', 'Running', 'Misconfigured'),
        clusterStatus('Stopped', 'Stopped'),
      ],
    });
    await run();
    expect(world.callsOf('minikube', 'update-context')).toHaveLength(1);
  });

  it('deploys nothing the second time, and a new image after a change', async () => {
    await run();
    await run();
    expect(world.said()).toContain(`The cluster has ${IMAGE}: nothing to build`);
    expect(world.said()).toContain('nothing to deploy');
    expect(world.callsOf('pulumi', 'up')).toHaveLength(1);
    expect(world.callsOf('minikube', 'image build')).toHaveLength(1);
    expect(world.callsOf('pulumi', 'config set-all')).toHaveLength(1);

    await run({}, { tag: () => 'sha-2', stage: () => 'sha-2' });
    expect(world.read(CONFIG)).toContain('stt:image: "stt:sha-2"');
    expect(world.callsOf('pulumi', 'up')).toHaveLength(2);
    expect(world.callsOf('minikube', 'image build')).toHaveLength(2);
  });

  it('deploys all of it again where the cluster was made anew under the state', async () => {
    await run();
    Bun.spawnSync(['rm', join(world.state, 'namespace')]);
    await run();
    expect(world.said()).toContain('nothing of what the state says');
    expect(world.callsOf('pulumi', 'up').map((call) => call.includes('--refresh'))).toEqual([
      false,
      true,
    ]);
  });

  it('sets what was typed, keeps it, and gives defaults back', async () => {
    await run({ engine: 'moonshine-tiny', replicas: 'auto', cpu: '1', memory: '3Gi' });
    await run({ faults: 'leak:260MB', monitoring: 'false' });
    expect(world.said()).toContain('stt:faults=leak:260MB from now on');
    for (const line of ['engine: "moonshine-tiny"', 'replicas: "auto"', 'cpu: "1"']) {
      expect(world.read(CONFIG)).toContain(`stt:${line}`);
    }
    await run();
    expect(world.said()).toContain('! Faults are still on (leak:260MB)');
    await run({ faults: 'none', replicas: 'none' });
    expect(world.read(CONFIG)).not.toMatch(/faults|replicas/);
    expect(world.read(CONFIG)).toContain('stt:monitoring: "false"');
  });

  it('says nothing of Grafana where there is none', async () => {
    world.without('helm');
    await run({ monitoring: 'false' });
    expect(world.said()).not.toMatch(/local-grafana|helm/);
  });
});

describe('make deploy-local gives up', () => {
  it('where the build fails, also where Minikube ends well', async () => {
    world.program('minikube', {
      match: 'image build',
      out: 'Step 4/9 : RUN bun install\nerror: lockfile had changes\n',
    });
    const sentence = await refused();
    expect(sentence).toContain(`${IMAGE} was not built`);
    expect(sentence).toContain('error: lockfile had changes');
    expect(sentence).toContain('make deploy-local');
    world.program('minikube', { match: 'image build', err: 'no space left on device', code: 1 });
    expect(await refused()).toContain('The disk of the cluster is full');
    expect(world.callsOf('pulumi', 'up')).toEqual([]);
  });

  it('where files change while it builds', async () => {
    expect(await refused({}, { tag: () => TAG, stage: () => 'sha-2' })).toContain(
      'changed just now',
    );
  });

  it('where the rollout hangs: with pods, events, log and the cause', async () => {
    world.program(
      'kubectl',
      {
        match: '--context minikube rollout status',
        err: 'error: timed out waiting for the condition',
        code: 1,
      },
      {
        match: '--context minikube get events',
        out: 'Warning FailedScheduling 0/1 nodes are available: 1 Insufficient memory.\n',
      },
    );
    const sentence = await refused();
    expect(sentence).toContain('kubectl says: error: timed out waiting for the condition');
    expect(sentence).toContain('The cluster has no room');
    expect(sentence).toContain('still serve');
    expect(world.said()).toContain('1 Insufficient memory');
    expect(world.said()).toContain('last words');
  });

  it('where Pulumi fails: with why the last container ended', async () => {
    world.program('pulumi', { match: 'up --yes', err: 'error: update failed', code: 255 });
    world.program('kubectl', {
      match: '--context minikube get pods -n stt -o jsonpath',
      out: 'OOMKilled',
    });
    const sentence = await refused();
    expect(sentence).toContain('pulumi says: error: update failed');
    expect(sentence).toContain('make deploy-local MEMORY=8Gi');
    expect(world.said()).toContain('last words');
  });

  it('with what was said where nothing is known', async () => {
    world.program('pulumi', { match: 'up --yes', err: 'error: the moon is full', code: 255 });
    expect(await refused()).toContain('the moon is full\nType: make deploy-local; if that stays');
  });

  it('on errors of its own as they are', async () => {
    const source = {
      ...SOURCE,
      tag: () => {
        throw new TypeError('broken');
      },
    };
    await expect(run({}, source)).rejects.toThrow(TypeError);
  });
});

describe('make deploy-local refuses before anything is touched', () => {
  const untouched = () => {
    expect(world.callsOf('minikube').filter((call) => !call.startsWith('version'))).toEqual([]);
    expect(world.callsOf('pulumi').filter((call) => call !== 'version')).toEqual([]);
    expect(world.read(CONFIG)).toBeNull();
  };

  it.each(['minikube', 'kubectl', 'pulumi'] as const)('without %s', async (name) => {
    world.without(name);
    const sentence = await refused();
    expect(sentence).toMatch(new RegExp(`^${name} is not on PATH. Install it \\(https://`));
    untouched();
  });

  it('with all that are missing at once', async () => {
    world.without('minikube');
    world.without('kubectl');
    expect((await refused()).split('\n')).toHaveLength(2);
  });

  it.each([
    ['minikube', 'version', 'v1.20.0\n', '1.20.0; 1.32.0'],
    ['kubectl', 'version', { clientVersion: { gitVersion: 'v1.19.3' } }, '1.19.3; 1.28.0'],
    ['pulumi', 'version', 'v3.100.0\n', '3.100.0; 3.227.0'],
  ] as const)('with an old %s', async (name, match, out, versions) => {
    world.program(name, { match, out });
    const sentence = await refused();
    expect(sentence).toContain(`${name} is ${versions} or newer is needed`);
    expect(sentence).toContain('Get it: https://');
    untouched();
  });

  it.each(['minikube', 'kubectl'] as const)('with a %s that tells no version', async (name) => {
    world.program(name, { match: 'version', out: 'oops' });
    expect(await refused()).toContain(`${name} version tells no version`);
    untouched();
  });

  it('only warns without helm, or with an old one', async () => {
    world.without('helm');
    await run();
    expect(world.said()).toContain('! helm is not on PATH. Pulumi brings its own');
    expect(world.said()).toContain('https://helm.sh');
    world.program('helm', { match: 'version', out: 'v2.17.0' });
    await run();
    expect(world.said()).toContain('! helm is 2.17.0; 3.14.0 or newer is needed');
  });

  it.each([
    [{ engine: 'whisper' }, 'stt:engine=whisper'],
    [{ replicas: '0' }, 'stt:replicas=0'],
    [{ cpu: 'two' }, 'stt:cpu=two'],
    [{ memory: '6GB' }, 'stt:memory=6GB'],
    [{ monitoring: 'maybe' }, 'stt:monitoring=maybe'],
    [{ memory: '0.4Gi' }, 'workers of moonshine-base need'],
  ])('with %j', async (values, fault) => {
    const sentence = await refused(values);
    expect(sentence).toContain(fault);
    expect(sentence).toContain('type: make deploy-local ENGINE=… REPLICAS=…');
    untouched();
  });

  it('with an engine on Azure that .env names no account for', async () => {
    expect(await refused({ engine: 'azure-fast' })).toContain('Type: make provision');
    untouched();
    writeFileSync(join(world.root, '.env'), 'STT_AZURE_SPEECH_RESOURCE_NAME=stt-speech\n');
    await run({ engine: 'azure-fast' });
    expect(world.read(CONFIG)).toContain('stt:engine: "azure-fast"');
  });

  it('with a configuration for another cluster, or one that is no YAML', async () => {
    world.write(CONFIG, 'config:\n  kubernetes:context: "kind-x"\n');
    expect(await refused()).toContain('pulumi config set -s local kubernetes:context minikube');
    world.write(CONFIG, 'config: [');
    expect(await refused()).toContain('run make deploy-local, which writes a new one');
  });
});
