/** Builds the image with Buildah, holds it against the performed steps, and starts it on a read-only root: what it weighs, how soon it is ready. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuildah } from './buildah.ts';
import { differences, weights } from './contents.ts';
import { DOCKERFILE, imageContext, imageTag } from './context.ts';
import { performDockerfile } from './perform.ts';
import { ensureStandInBase } from './stand-in-base.ts';
import { freePort, startService } from './started.ts';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, '.cache/image-proof');
const ENTER = [
  ...'unshare -m --propagation private sh'.split(' '),
  join(import.meta.dirname, 'enter-read-only.sh'),
];
const STARTS = 5;
const TEXT = 'The train to the city was late again, so we walked along the river.';
const NEEDED = ['buildah', 'debootstrap', 'unshare', 'chroot'];

const missing = NEEDED.filter((name) => Bun.which(name) === null);
if (process.getuid?.() !== 0 || missing.length > 0) {
  const why = missing.length > 0 ? `${missing.join(', ')} missing` : 'this needs root';
  console.error(
    `The image was NOT proved: ${why}. As root on Debian: apt-get install buildah debootstrap`,
  );
  process.exit(1);
}

/** What `buildah inspect` says of an image, as far as it is looked at here. */
interface Inspected {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly WorkingDir: string;
      readonly Env: readonly string[];
      readonly Entrypoint: readonly string[] | null;
      readonly Cmd: readonly string[];
      readonly Healthcheck: { readonly Test: readonly string[] };
    };
  };
}

const buildah = createBuildah(CACHE);
const temporary = mkdtempSync(join(tmpdir(), 'stt-proof-'));
const reference = `localhost/stt:${imageTag(imageContext(ROOT).hash)}`;
let container: string | null = null;
try {
  const performed = await performDockerfile(ROOT, temporary);
  const base = performed.labels['org.opencontainers.image.base.name'] ?? '';
  await ensureStandInBase(buildah, base, CACHE);
  const begun = performance.now();
  const how = ['--isolation', 'chroot', '--network', 'host', '--pull=never', '--format', 'docker'];
  await buildah.run('bud', ...how, '--tag', reference, '--file', join(ROOT, DOCKERFILE), ROOT);
  console.log(`built ${reference} on a stand-in for ${base} in ${seconds(begun)}`);

  container = await buildah.run('from', '--pull=never', reference);
  const root = await buildah.run('mount', container);
  const app = join(root, 'app');
  const differing = differences(join(performed.root, performed.workdir), app);
  insist(differing.length === 0, `built and performed image differ: ${differing.join(', ')}`);
  console.log('the same files, byte for byte, as the performed steps');
  for (const [part, bytes] of Object.entries(weights(root))) {
    console.log(`${(bytes / 1e6).toFixed(1).padStart(8)} MB  ${part}`);
  }

  const { config } = (
    JSON.parse(await buildah.run('inspect', '--type', 'image', reference)) as Inspected
  ).Docker;
  const spool = join(temporary, 'spool');
  mkdirSync(spool, { mode: 0o700 });
  const [user = 0, group = 0] = config.User.split(':').map(Number);
  chownSync(spool, user, group);
  const port = await freePort();
  const env = [...config.Env, 'HOME=/', 'HOST=127.0.0.1', `PORT=${port}`];
  const enter = [...ENTER, root, spool, config.User, config.WorkingDir, ...env];
  const start = () =>
    startService({
      command: [...enter, ...(config.Entrypoint ?? []), ...config.Cmd],
      cwd: temporary,
      env: { PATH: process.env['PATH'] ?? '' },
      port,
    });
  const healthcheck = [...enter, ...config.Healthcheck.Test.slice(1)];
  const health = () => Bun.spawn(healthcheck, { stdio: ['ignore', 'ignore', 'ignore'] }).exited;

  const service = await start();
  const answer = await service.transcribe('train.wav');
  insist(answer.text === TEXT, `train.wav was heard as: ${answer.text}`);
  insist((await health()) === 0, 'the health check fails while the service runs');
  insist((await service.stop()) === 0, `SIGTERM did not end it well:\n${service.written()}`);
  insist((await health()) !== 0, 'the health check passes with nobody there');
  insist(readdirSync(spool).length === 0, 'something was left in the spool');
  console.log(`read-only root, user ${config.User}: transcribed, healthy, ended with 0 on SIGTERM`);

  for (const kind of ['warm', 'cold'] as const) {
    const times: number[] = [];
    for (let round = 0; round < STARTS; round += 1) {
      if (kind === 'cold') forgetFiles();
      const again = await start();
      times.push(again.readyMs);
      await again.stop();
    }
    const sorted = times.map(Math.round).toSorted((a, b) => a - b);
    console.log(`${kind} start to ready: median ${sorted[STARTS >> 1]} ms of ${sorted.join(', ')}`);
  }
} finally {
  if (container !== null) {
    await buildah.run('rm', container);
    // The base stays for the next time; an image of each state of the repository would fill the disk.
    await buildah.run('rmi', reference);
    await buildah.run('rmi', '--prune');
  }
  rmSync(temporary, { recursive: true, force: true });
}

/** Takes all files out of the kernel's cache, so that the next start reads the disk. */
function forgetFiles(): void {
  Bun.spawnSync(['sync']);
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

function insist(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint);
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
