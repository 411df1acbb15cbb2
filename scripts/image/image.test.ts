/** Performs the Dockerfile's steps in a temporary folder, looks at what comes out, and starts it as its own user would. */
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../service/emulator/index.ts';
import { PATHS } from '../../service/src/contract.ts';
import { MANIFEST, wordErrorRate } from '../../service/test/running-service.ts';
import { BUN_PATH, performDockerfile } from './perform.ts';
import type { PerformedImage } from './perform.ts';
import { LICENCE_FILE } from './prune-rules.ts';
import { bytesOf, filesUnder } from './prune-steps.ts';
import { freePort, startService } from './started.ts';
import type { Started } from './started.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAX_BYTES = 350_000_000;
const AS_ROOT = process.getuid?.() === 0;

let directory: string;
let image: PerformedImage;
let files: string[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stt-image-'));
  chmodSync(directory, 0o755);
  image = await performDockerfile(ROOT, directory, { REVISION: 'abc' });
  files = filesUnder(image.root).map((path) => relative(image.root, path));
  makeReadOnly(image.root);
});

afterAll(() => {
  if (image !== undefined) chmodFolders(image.root, 0o755);
  rmSync(directory, { recursive: true, force: true });
});

describe('the files of the image', () => {
  it('hold both models, the voice activity model, and ONNX Runtime for this architecture alone', () => {
    const native = files.filter((file) => /\.(node|so(\.\d+)*|dll|dylib|exe)$/.test(file));
    expect(native.map((file) => basename(file)).toSorted()).toEqual([
      'libonnxruntime.so.1',
      'onnxruntime_binding.node',
    ]);
    expect(native.every((file) => file.includes(`/linux/${process.arch}/`))).toBe(true);
    const models = files.filter((file) => file.endsWith('.onnx'));
    expect(models.map((file) => file.split('/').slice(-3).join('/')).toSorted()).toEqual([
      'base/quantized/decoder_model_merged.onnx',
      'base/quantized/encoder_model.onnx',
      'tiny/quantized/decoder_model_merged.onnx',
      'tiny/quantized/encoder_model.onnx',
      'vad-web/dist/silero_vad_v6.onnx',
    ]);
  });

  it('hold no tests, tools, settings or keys', () => {
    const strange = files.filter((file) =>
      /\.test\.ts$|\/fixtures\/|\/(bench|emulator)\/|\/\.env|\.stt-keys|\.npmrc|bunfig|\.pem$|\.key$|\.log$|\.map$|\/typescript\//.test(
        file,
      ),
    );
    expect(strange).toEqual([]);
  });

  it('name the licence of every package', () => {
    const silent = files.filter((file) => {
      if (!/\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(`/${file}`)) return false;
      const folder = dirname(file);
      const { license } = JSON.parse(readFileSync(join(image.root, file), 'utf8')) as {
        license?: unknown;
      };
      return (
        license === undefined &&
        !files.some((other) => dirname(other) === folder && LICENCE_FILE.test(basename(other)))
      );
    });
    expect(silent).toEqual([]);
    expect(files).toContain('app/LICENSE');
    expect(files).toContain('app/service/native/aac/README.md');
  });

  it('can be read by any user', () => {
    const closed = files.filter(
      (file) => (statSync(join(image.root, file)).mode & 0o444) !== 0o444,
    );
    expect(closed).toEqual([]);
  });

  it('weigh little enough', () => {
    const app = bytesOf(join(image.root, 'app'));
    const bun = statSync(join(image.root, BUN_PATH)).size;
    console.log(`image: ${mb(app)} of ours and ${mb(bun)} of Bun, before the base image's Debian`);
    expect(app + bun).toBeLessThan(MAX_BYTES);
  });
});

describe('the image', () => {
  it('says what it is, and runs as nobody in particular', () => {
    expect(image.labels['org.opencontainers.image.revision']).toBe('abc');
    expect(image.labels['org.opencontainers.image.base.digest']).toBe('');
    expect(image).toMatchObject({
      user: '10001:10001',
      ports: [8000, 9464],
      stopSignal: 'SIGTERM',
    });
    expect(image.env['HOST']).toBe('0.0.0.0');
  });

  it('is built on the Bun that the repository names', () => {
    const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      packageManager: string;
    };
    const base = image.labels['org.opencontainers.image.base.name'];
    expect(base).toBe(`docker.io/oven/${packageManager.replace('@', ':')}-slim`);
  });

  it.runIf(process.platform === 'linux')(
    'transcribes every format, with nothing writable but the spool, and ends when asked',
    async () => {
      const port = await freePort();
      const service = await start(port, {});
      try {
        console.log(`image: ready ${Math.round(service.readyMs)} ms after its start`);
        expect(await service.transcribe('train.wav')).toEqual({
          status: 200,
          text: 'The train to the city was late again, so we walked along the river.',
        });
        for (const { file, text } of MANIFEST) {
          const answer = await service.transcribe(file);
          expect(answer.status, file).toBe(200);
          expect(wordErrorRate(text, answer.text), file).toBeLessThan(0.25);
        }
        const docs = await fetch(`${service.url}${PATHS.docs}/swagger-ui-bundle.js`);
        expect((await docs.text()).length).toBeGreaterThan(1_000_000);
        expect(await health(port)).toBe(0);
      } finally {
        expect(await service.stop()).toBe(0);
      }
      expect(await health(port)).toBe(1);
      expect(readdirSync(spoolOf(image))).toEqual([]);
      expect(filesUnder(image.root).map((path) => relative(image.root, path))).toEqual(files);
    },
  );

  it.runIf(process.platform === 'linux')(
    'reaches Azure by both ways, with a managed identity and the other model as fallback',
    async () => {
      const emulator = createEmulator({});
      const service = await start(await freePort(), {
        ...emulator.env,
        STT_ENGINE: 'azure-speech',
        STT_ENGINES: 'azure-fast',
        STT_FALLBACK_ENGINE: 'moonshine-tiny',
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      });
      try {
        for (const engine of ['azure-speech', 'azure-fast']) {
          const answer = await service.transcribe('train.wav', { engine });
          expect(answer, engine).toMatchObject({ status: 200 });
          expect(answer.text.length, engine).toBeGreaterThan(0);
        }
      } finally {
        expect(await service.stop()).toBe(0);
        await emulator.stop();
      }
    },
  );
});

function start(port: number, env: Record<string, string>): Promise<Started> {
  return startService({
    command: asUser(image.command),
    cwd: join(image.root, image.workdir),
    port,
    env: {
      ...image.env,
      ...insideOf(port),
      PROCESS_POOL_SIZE: '1',
      ...env,
    },
  });
}

async function health(port: number): Promise<number> {
  const check = Bun.spawn(asUser(image.healthcheck), {
    cwd: join(image.root, image.workdir),
    env: { ...image.env, ...insideOf(port) },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return check.exited;
}

/** What differs where `/` of the image is a folder, and this machine's network its network. */
function insideOf(port: number): Record<string, string> {
  return {
    PATH: `${join(image.root, dirname(BUN_PATH))}:/usr/bin:/bin`,
    HOME: image.root,
    HOST: '127.0.0.1',
    PORT: String(port),
    STT_SPOOL_DIR: spoolOf(image),
  };
}

function spoolOf({ root, env }: PerformedImage): string {
  return join(root, env['STT_SPOOL_DIR'] ?? '');
}

/** Root may write where it may not, so it steps down; anyone else stays who he is. */
function asUser(command: readonly string[]): string[] {
  if (!AS_ROOT) return [...command];
  const [user, group] = image.user.split(':');
  return ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', ...command];
}

function makeReadOnly(root: string): void {
  for (const path of filesUnder(root)) chmodSync(path, statSync(path).mode & 0o555);
  chmodFolders(root, 0o555);
  chmodSync(spoolOf(image), 0o700);
}

function chmodFolders(folder: string, mode: number): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) chmodFolders(join(folder, entry.name), mode);
  }
  chmodSync(folder, mode);
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
