import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deploy } from './deploy.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import { account, DIGEST, OTHER_SUBSCRIPTION, SUBSCRIPTION } from './testing/azure-answers.ts';
import { createWorld, LOCATION, NAMES } from './testing/world.ts';
import type { World } from './testing/world.ts';

const CONFIG = 'stacks/config/Pulumi.azure.yaml';
const KEYS = `first:${'a'.repeat(64)}`;
const IMAGE = `${NAMES.registry}.azurecr.io/stt@${DIGEST}`;
const OLD_IMAGE = `${NAMES.registry}.azurecr.io/stt@sha256:${'9'.repeat(64)}`;

let world: World;
let server: ReturnType<typeof Bun.serve>;
let readyz: () => Response;
/** What a Grafana on the same server was sent. */
let boards: { readonly path: string; readonly authorization: string | null }[];
let grafana: () => Response;

const source: ImageSource = {
  tag: () => 'sha-1',
  stage(directory) {
    writeFileSync(join(directory, 'staged'), '');
    return 'sha-1';
  },
};

beforeEach(() => {
  readyz = () => Response.json({ status: 'ready' });
  boards = [];
  grafana = () => Response.json({});
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      if (request.method !== 'POST') return readyz();
      const authorization = request.headers.get('authorization');
      boards.push({ path: new URL(request.url).pathname, authorization });
      return grafana();
    },
  });
  world = createWorld({ url: `http://127.0.0.1:${server.port}` });
  // As make provision leaves it.
  world.env['PULUMI_BACKEND_URL'] = 'https://api.pulumi.com';
  world.write(
    CONFIG,
    `config:\n  azure-native:subscriptionId: "${SUBSCRIPTION}"\n  azure-native:location: "${LOCATION}"\n`,
  );
  world.write('.stt-keys.azure', `# ours\n${KEYS}\n`);
  world.write('env.remote', 'API_KEY=stt_secret\nMINE=1\n');
  writeFileSync(join(world.state, 'resources'), '14');
  writeFileSync(join(world.state, 'outputs'), world.read('../state/outputs.base') ?? '');
});
afterEach(async () => {
  world.remove();
  await server.stop(true);
});

const run = () => deploy(world.session({ yes: true }), source);
const refused = () =>
  run().then(
    () => 'it went through',
    (error: unknown) => String(error),
  );
const did = (part: string) => world.calls().filter((call) => call.includes(part));

/** With an image and a revision stt--7 that serves it. */
function alreadyServing(): void {
  world.write(
    CONFIG,
    `${world.read(CONFIG)}  stt:apiKeys: "${KEYS}"\n  stt:image: "${OLD_IMAGE}"\n`,
  );
  writeFileSync(join(world.state, 'revision'), '7');
  writeFileSync(join(world.state, 'image'), OLD_IMAGE);
}

describe('make deploy-azure', () => {
  it('builds, deploys the digest, waits until it answers, and says how to call it', async () => {
    await run();
    const [build = ''] = did('acr build');
    expect(build).toContain(`-r ${NAMES.registry} -t stt:sha-1 `);
    expect(build).toContain('-f service/Dockerfile');
    expect(await Bun.file(join(world.state, 'build-files')).text()).toBe('staged\n');
    expect(world.read(CONFIG)).toContain(`stt:image: "${IMAGE}"`);
    expect(await Bun.file(join(world.state, 'stdin')).text()).toContain(KEYS);
    expect(did('pulumi up --yes')).toHaveLength(1);
    expect(world.read('env.remote')).toBe(
      `API_KEY=stt_secret\nMINE=1\nBASE_URL=http://127.0.0.1:${server.port}\n`,
    );
    expect(statSync(join(world.root, 'env.remote')).mode & 0o777).toBe(0o600);
    expect(world.said()).toContain('Step 1/9 : FROM bun');
    expect(world.said()).toContain(
      'curl -H "Authorization: Bearer $API_KEY" -F audio_file=@samples/train.wav',
    );
    expect(world.said() + world.calls().join('\n')).not.toContain('stt_secret');
  });

  it('builds nothing that the registry has, and deploys nothing that the app runs', async () => {
    await run();
    await run();
    expect(did('acr build')).toHaveLength(1);
    expect(did('pulumi up --yes')).toHaveLength(1);
    expect(world.said()).toContain('stt:sha-1: nothing to build');
    expect(world.said()).toContain('nothing to deploy');
  });

  it('deploys anew where only a key changed', async () => {
    await run();
    world.write('.stt-keys.azure', `${KEYS}\nsecond:${'b'.repeat(64)}\n`);
    await run();
    expect(did('pulumi up --yes')).toHaveLength(2);
  });

  it.each([`"${KEYS}"`, '\n    secure: v1:x'])(
    'keeps the keys of the configuration where there is no key file: %j',
    async (keys) => {
      world.write(CONFIG, `${world.read(CONFIG)}  stt:apiKeys: ${keys}\n`);
      await Bun.file(join(world.root, '.stt-keys.azure')).delete();
      await run();
      expect(did('config set stt:apiKeys')).toEqual([]);
    },
  );

  it('tags the image with the commit too, and marks a dirty tree', async () => {
    const git = (...parts: string[]) =>
      Bun.spawnSync(['git', '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...parts], {
        cwd: world.root,
      });
    git('init', '-q');
    git('add', 'stacks');
    git('commit', '-q', '-m', 'x');
    await run();
    const [build = ''] = did('acr build');
    expect(build).toMatch(/-t stt:[0-9a-f]{12}-dirty -f/);
    expect(build).toMatch(/--build-arg REVISION=[0-9a-f]{12} /);
  });

  it('waits for a digest that the registry does not list yet', async () => {
    const err = 'ERROR: Error: manifest tagged by "sha-1" is not found.';
    world.az({ match: 'acr repository show', times: 3, err, code: 3 });
    await run();
    expect(world.waited()).toBe(6000);
  });

  it('waits until the revision is ready, and until the ingress leads to it', async () => {
    const revision = {
      provisioningState: 'Provisioning',
      runningState: 'Processing',
      healthState: 'None',
      template: { containers: [{ image: IMAGE }] },
    };
    world.az({ match: 'containerapp revision show', times: 2, out: { properties: revision } });
    let asked = 0;
    readyz = () => new Response('', { status: (asked += 1) < 3 ? 503 : 200 });
    await run();
    expect(world.waited()).toBe(40_000);
    expect(world.said()).toContain('stt--1: Provisioning, Processing, None; 10:00 left');
  });

  it('waits while the old revision is still the newest, or still takes the requests', async () => {
    alreadyServing();
    const app = (latest: string, ready: string) => ({
      properties: { latestRevisionName: latest, latestReadyRevisionName: ready },
    });
    const revision = (image: string) => ({
      properties: {
        provisioningState: 'Provisioned',
        runningState: 'Running',
        healthState: 'Healthy',
        template: { containers: [{ image }] },
      },
    });
    world.az(
      // Before the update, then too early, then not yet leading there.
      { match: 'containerapp show', times: 2, out: app('stt--7', 'stt--7') },
      { match: 'containerapp show', times: 1, out: app('stt--8', 'stt--7') },
      { match: 'containerapp revision show*--revision stt--7', out: revision(OLD_IMAGE) },
      { match: 'containerapp revision show*--revision stt--8', out: revision(IMAGE) },
    );
    await run();
    expect(world.waited()).toBe(20_000);
    expect(world.said()).toContain('stt--7 is not the new revision');
    expect(world.said()).toContain('stt--8 is ready');
  });

  describe('with Grafana', () => {
    let grafanaUrl: string;
    beforeEach(() => {
      grafanaUrl = `http://127.0.0.1:${server.port}`;
      const outputs = JSON.parse(world.read('../state/outputs.app') ?? '') as object;
      writeFileSync(join(world.state, 'outputs.app'), JSON.stringify({ ...outputs, grafanaUrl }));
      world.az({
        match: 'account get-access-token --resource ce34e7e5-485f-4d76-964f-b3d2b16d1e4f',
        out: { accessToken: 'for-grafana' },
      });
    });

    it('writes its address and puts the boards there', async () => {
      await run();
      expect(world.read('env.remote')).toContain(`GRAFANA_URL=${grafanaUrl}`);
      expect(boards.filter(({ path }) => path === '/api/dashboards/db').length).toBeGreaterThan(3);
      expect(new Set(boards.map(({ authorization }) => authorization))).toEqual(
        new Set(['Bearer for-grafana']),
      );
      expect(world.said()).toContain(`boards are in ${grafanaUrl}`);
    });

    it('deploys all the same while the role there has not arrived', async () => {
      grafana = () => new Response('no', { status: 403 });
      await run();
      expect(world.said()).toContain('The boards are not in Grafana');
      expect(world.said()).toContain('Speech to text answers on');
    });
  });

  it('takes an ingress that turns this machine away for ready, and says so', async () => {
    readyz = () => new Response('RBAC: access denied', { status: 403 });
    await run();
    expect(world.said()).toContain('stt:allowedAddresses does not have its address');
  });
});

describe('make deploy-azure leaves what serves', () => {
  it('when the build fails', async () => {
    alreadyServing();
    const before = world.read(CONFIG);
    world.az({
      match: 'acr build',
      err: 'ERROR: (TasksOperationsNotAllowed) ACR Tasks requests are not permitted.',
      code: 1,
    });
    expect(await refused()).toMatch(
      new RegExp(
        `docker push ${NAMES.registry}\\.azurecr\\.io/stt:sha-1[^]*The app was not touched`,
      ),
    );
    expect([world.read(CONFIG), did('pulumi up'), did('pulumi config')]).toEqual([before, [], []]);
  });

  it('when files change while they are packed', async () => {
    const changing: ImageSource = { tag: () => 'sha-1', stage: () => 'sha-2' };
    await expect(deploy(world.session(), changing)).rejects.toThrow('changed just now');
    expect(did('acr build')).toEqual([]);
  });

  it('when the revision fails: its log, and the configuration as before', async () => {
    alreadyServing();
    world.az(
      {
        match: 'containerapp revision show',
        out: {
          properties: {
            provisioningState: 'Failed',
            provisioningError: 'exit code 1',
            template: { containers: [{ image: IMAGE }] },
          },
        },
      },
      {
        match: 'containerapp show',
        sh: `r=$(cat "$state/revision"); printf '{"properties":{"latestRevisionName":"stt--%s","latestReadyRevisionName":"stt--7"}}' "$r"`,
      },
    );
    expect(await refused()).toMatch(
      /stt--8 failed: exit code 1\nThe old revision stt--7 still serves/,
    );
    expect(did('containerapp logs show').every((call) => call.includes('--revision stt--8'))).toBe(
      true,
    );
    expect(world.said()).toContain('last words of the revision');
    expect(world.read(CONFIG)).toContain(`stt:image: "${OLD_IMAGE}"`);
    expect(world.read('env.remote')).not.toContain('BASE_URL');
  });

  it('when the revision never gets ready', async () => {
    alreadyServing();
    world.az({
      match: 'containerapp revision show',
      out: {
        properties: {
          provisioningState: 'Provisioning',
          template: { containers: [{ image: IMAGE }] },
        },
      },
    });
    expect(await refused()).toContain('stt--8: Provisioning');
    expect(world.waited()).toBe(600_000);
    expect(world.read(CONFIG)).toContain(`stt:image: "${OLD_IMAGE}"`);
  });

  it('when the first update ever fails: no image stays behind', async () => {
    world.pulumi({
      match: 'up --yes',
      times: 1,
      err: 'error: Code="ContainerAppOperationError" Failed to provision revision',
      code: 255,
    });
    expect(await refused()).toMatch(/did not become ready in time[^]*Nothing served before/);
    expect(world.read(CONFIG)).not.toContain('stt:image');
    await run();
    expect(world.read(CONFIG)).toContain(IMAGE);
  });

  it('when the revision runs and nothing answers', async () => {
    readyz = () => new Response('', { status: 503 });
    expect(await refused()).toMatch(
      /\/readyz answers 503[^]*Azure has given the requests to stt--1/,
    );
  });
});

describe('make deploy-azure refuses, and touches nothing,', () => {
  const untouched = () =>
    expect(world.calls().filter((call) => /acr build|pulumi (?:up|config)/.test(call))).toEqual([]);

  it('before make provision', async () => {
    writeFileSync(join(world.state, 'resources'), '0');
    expect(await refused()).toContain('Nothing is provisioned yet. Type: make provision');
    writeFileSync(join(world.state, 'resources'), '7');
    writeFileSync(join(world.state, 'outputs'), '{}');
    expect(await refused()).toContain(
      'The last make provision did not finish. Type: make provision',
    );
    untouched();
  });

  it('in another subscription', async () => {
    world.az({ match: 'account show', out: account(OTHER_SUBSCRIPTION, 'Research') });
    expect(await refused()).toContain(`az account set --subscription ${SUBSCRIPTION}`);
    untouched();
  });

  it('without a login', async () => {
    world.az({
      match: 'account show',
      err: "ERROR: Please run 'az login' to setup account.",
      code: 1,
    });
    expect(await refused()).toContain('Type: az login');
    untouched();
  });

  it('without a key, or with a broken key file', async () => {
    world.write('.stt-keys.azure', '# none\n');
    expect(await refused()).toContain('.stt-keys.azure has no key');
    world.write('.stt-keys.azure', 'nonsense\n');
    expect(await refused()).toContain('line 1: must be name:sha256');
    await Bun.file(join(world.root, '.stt-keys.azure')).delete();
    expect(await refused()).toContain('make api-key KEYS_FILE=.stt-keys.azure NAME=first');
    untouched();
  });

  it('where the registry does not tell what it has', async () => {
    world.az({
      match: 'acr repository show',
      err: 'ERROR: Could not connect to the registry login server',
      code: 1,
    });
    expect(await refused()).toContain('could not be reached');
    untouched();
  });
});
