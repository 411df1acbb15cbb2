import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageContext, imageTag, stageContext } from './context.ts';
import { filesUnder } from './prune-steps.ts';

const ROOT = join(import.meta.dirname, '../..');

let directory: string;
/** A copy of what the image needs, free to be changed. */
let copy: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-context-'));
  copy = join(directory, 'copy');
  stageContext(ROOT, copy);
  cpSync(join(ROOT, '.dockerignore'), join(copy, '.dockerignore'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('what goes into the image', () => {
  it('is the Dockerfile and what it copies', () => {
    const { files } = imageContext(ROOT);
    expect(files).toContain('service/Dockerfile');
    expect(files).toContain('bun.lock');
    expect(files).toContain('service/src/main.ts');
    expect(files).toContain('service/src/audio/decoders/aac.wasm');
    expect(files).toEqual([...files].toSorted());
    expect(files.filter((file) => /test|fixture|bench|emulator/.test(file))).toEqual([]);
  });

  it('has the manifest of every workspace, which the frozen lockfile asks for', () => {
    const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    const manifests = workspaces.map((name) => `${name}/package.json`);
    // A new workspace needs a COPY line in service/Dockerfile and a line in .dockerignore.
    expect(imageContext(ROOT).files).toEqual(expect.arrayContaining(manifests));
  });

  it('holds nothing that git ignores, and no test', () => {
    const before = imageContext(copy);
    const patterns = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n').filter(Boolean);
    const ignored = patterns
      // A folder's name stands for a file in it, a file's for itself; `stacks/` and `samples/` are no part of the image.
      .map((pattern) => pattern.replace(/\/$/, '/x.ts').replaceAll('*', 'x'))
      .filter((path) => !/^(?:stacks|samples)\//.test(path));
    expect(ignored.length).toBeGreaterThan(5);
    for (const path of [...ignored, 'new.test.ts', 'fixtures/x.ts', '.env.local']) {
      put(`service/src/${path}`, 'x');
    }
    expect(imageContext(copy)).toEqual(before);
  });
});

describe('the hash', () => {
  it('is the same for a copy of the repository elsewhere', () => {
    expect(imageContext(copy)).toEqual(imageContext(ROOT));
    expect(imageContext(copy).hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with a source file, a new file, a name and an executable bit', () => {
    const hashes = [imageContext(copy).hash];
    const changes = [
      () => put('service/src/main.ts', 'changed'),
      () => put('service/src/new.ts', ''),
      () => put('service/src/new-as-well.ts', ''),
      () => chmodSync(join(copy, 'service/src/new.ts'), 0o755),
      () => put('service/Dockerfile', `${read('service/Dockerfile')}\n# changed\n`),
    ];
    for (const change of changes) {
      change();
      hashes.push(imageContext(copy).hash);
    }
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('stays when the umask of a checkout or the time of a file differs', () => {
    const before = imageContext(copy).hash;
    chmodSync(join(copy, 'service/src/main.ts'), 0o600);
    put('LICENSE', read('LICENSE'));
    expect(imageContext(copy).hash).toBe(before);
  });

  it('gives a tag that a registry takes', () => {
    expect(imageTag(imageContext(ROOT).hash)).toMatch(/^sha-[0-9a-f]{16}$/);
    expect(() => imageTag('latest')).toThrow('"latest" is no hash');
  });
});

describe('a staged context', () => {
  it('holds what was hashed and nothing else, readable by all', () => {
    const staged = join(directory, 'staged');
    chmodSync(join(copy, 'service/src/main.ts'), 0o600);
    const context = stageContext(copy, staged);
    expect(
      filesUnder(staged)
        .map((path) => path.slice(staged.length + 1))
        .toSorted(),
    ).toEqual(context.files);
    expect(statSync(join(staged, 'service/src/main.ts')).mode & 0o777).toBe(0o644);
    expect(context).toEqual(imageContext(copy));
  });

  it('is not written over something', () => {
    mkdirSync(join(directory, 'full'));
    writeFileSync(join(directory, 'full/x'), '');
    expect(() => stageContext(copy, join(directory, 'full'))).toThrow('holds x already');
    expect(readdirSync(join(directory, 'full'))).toEqual(['x']);
  });
});

describe('a context that cannot be built from', () => {
  it('names the file that the Dockerfile copies and nobody has', () => {
    rmSync(join(copy, 'bun.lock'));
    expect(() => imageContext(copy)).toThrow('copies bun.lock, which is not there');
  });

  it('names the file that .dockerignore leaves out', () => {
    put('.dockerignore', `${read('.dockerignore')}\nLICENSE\n`);
    expect(() => imageContext(copy)).toThrow('copies LICENSE, and .dockerignore leaves it out');
  });

  it('does not follow a link out of the repository', () => {
    symlinkSync('/etc/hostname', join(copy, 'service/src/link.ts'));
    expect(() => imageContext(copy)).toThrow('service/src/link.ts is neither a file nor a folder');
  });
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), content);
}

function read(path: string): string {
  return readFileSync(join(copy, path), 'utf8');
}
