import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseKeys } from '../service/src/keys/key-file.ts';
import { createKeyRing } from '../service/src/keys/key-ring.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-api-key-'));
  file = join(directory, 'keys');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function run(script: string, parts: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawnSync(
    [process.execPath, '--no-env-file', join(import.meta.dirname, script), ...parts],
    { cwd: directory, env: { PATH: process.env['PATH'] ?? '', KEYS_FILE: file, ...env } },
  );
  return {
    exitCode: child.exitCode,
    out: child.stdout.toString(),
    said: child.stderr.toString(),
  };
}

const add = (...parts: string[]) => run('api-key.ts', parts);
const revoke = (...parts: string[]) => run('api-key-revoke.ts', parts);
const text = () => readFileSync(file, 'utf8');
const whose = (key: string) => createKeyRing(parseKeys(text(), file)).verify(key)?.name;

describe('make api-key', () => {
  it('prints a fresh key alone, and keeps its hash where only the owner reads', () => {
    const { exitCode, out, said } = add('laptop', '4');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^stt_[\w-]{43}\n$/);
    expect(whose(out.trim())).toBe('laptop');
    expect(text()).toMatch(/^laptop:[0-9a-f]{64}:4\n$/);
    expect(text() + said).not.toContain(out.trim());
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('adds to what is there, comments included, behind a symlink too', () => {
    const before = `# ours\nold:${'a'.repeat(64)}`;
    writeFileSync(join(directory, 'real'), before);
    symlinkSync('real', file);
    const { out } = add('new', '');
    expect(readFileSync(join(directory, 'real'), 'utf8')).toMatch(/^# ours\nold:a{64}\nnew:/);
    expect(whose(out.trim())).toBe('new');
  });

  it('takes the file of the service from .env', () => {
    writeFileSync(join(directory, '.env'), `STT_API_KEYS_FILE=${file}\n`);
    const { exitCode, said } = run('api-key.ts', ['laptop'], { KEYS_FILE: '' });
    expect(exitCode).toBe(0);
    expect(said).toContain('A running service takes it within seconds');
    expect(text()).toContain('laptop:');
  });

  it.each([
    ['no name', [], 'Say whose key: make api-key NAME=laptop'],
    ['a wrong name', ['My Laptop'], 'NAME=My Laptop cannot be'],
    ['a reserved name', ['unknown'], 'is taken for requests without a key'],
    ['a name that is there', ['old'], 'has a key called old already'],
    ['a wrong limit', ['laptop', 'many'], 'LIMIT=many cannot be'],
  ])('makes nothing with %s', (_what, parts, sentence) => {
    const before = `old:${'a'.repeat(64)}\n`;
    writeFileSync(file, before);
    const { exitCode, out, said } = add(...parts);
    expect([exitCode, out]).toEqual([1, '']);
    expect(said).toContain(sentence);
    expect(text()).toBe(before);
  });

  it('does not touch a file that is broken, or that another is writing', () => {
    writeFileSync(file, 'nonsense\n');
    expect(add('laptop').said).toContain('line 1: must be name:sha256');
    expect(text()).toBe('nonsense\n');
    writeFileSync(`${file}.new`, '');
    expect(add('laptop').said).toContain(`${file}.new exists`);
  });
});

describe('make api-key-revoke', () => {
  it('takes one key out and leaves the rest as it is', () => {
    const key = add('laptop').out.trim();
    writeFileSync(file, `# ours\n${text()}lap:${'a'.repeat(64)}\n`);
    expect(whose(key)).toBe('laptop');
    const { exitCode, out, said } = revoke('laptop');
    expect([exitCode, out]).toEqual([0, '']);
    expect(said).toContain('The key of laptop is gone');
    expect(text()).toBe(`# ours\nlap:${'a'.repeat(64)}\n`);
  });

  it('says which names there are when it does not know one', () => {
    writeFileSync(file, `old:${'a'.repeat(64)}\n`);
    const { exitCode, said } = revoke('laptop');
    expect(exitCode).toBe(1);
    expect(said).toContain('has no key called laptop. It has: old.');
    expect(revoke().said).toContain('Say whose key');
  });

  it('says that there is no file', () => {
    expect(revoke('laptop').said).toContain('There is no key file');
  });
});
