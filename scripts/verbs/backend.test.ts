import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendExists, chooseBackend, ensureBackend, exportLines } from './backend.ts';
import { pathWithBun } from './bun-path.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the backend', () => {
  const chosen = (env: Record<string, string> = {}) => chooseBackend({ HOME: directory, ...env });
  const credentials = (text: string) => {
    mkdirSync(join(directory, '.pulumi'));
    writeFileSync(join(directory, '.pulumi/credentials.json'), text);
  };

  it('is a directory of this user where none is configured', () => {
    const home = join(directory, '.local/state/stt-platform');
    expect(chosen()).toMatchObject({
      url: `file://${home}`,
      directory: home,
      passphraseFile: `${home}/passphrase`,
    });
    expect(chosen({ XDG_STATE_HOME: '/x y' }).url).toBe('file:///x%20y/stt-platform');
  });

  it('is what Pulumi is logged in to', () => {
    credentials('{"current":"https://api.pulumi.com"}');
    expect(chosen()).toMatchObject({
      url: 'https://api.pulumi.com',
      directory: null,
      variables: {},
    });
    expect(chosen({ PULUMI_HOME: '/nowhere' }).directory).not.toBeNull();
  });

  it.each(['{"current":""}', '{}', 'nonsense'])(
    'is ours where Pulumi is logged in to nothing: %s',
    (text) => {
      credentials(text);
      expect(chosen().directory).not.toBeNull();
    },
  );

  it('is left to an access token', () => {
    expect(chosen({ PULUMI_ACCESS_TOKEN: 'x' })).toMatchObject({
      url: null,
      directory: null,
      passphraseFile: null,
    });
  });

  it('gets our passphrase where it keeps no secrets and the person has none', () => {
    const blob = { PULUMI_BACKEND_URL: 'azblob://state' };
    expect(chosen(blob).variables).toEqual({
      PULUMI_CONFIG_PASSPHRASE_FILE: join(directory, '.local/state/stt-platform/passphrase'),
    });
    expect(chosen({ ...blob, PULUMI_CONFIG_PASSPHRASE: '' }).variables).toEqual({});
    expect(chosen({ ...blob, PULUMI_CONFIG_PASSPHRASE_FILE: '/mine' }).variables).toEqual({});
  });

  it('is made once, for the owner alone, and keeps its passphrase', () => {
    const env = { HOME: directory };
    const backend = chosen();
    expect(backendExists(backend)).toBe(false);
    expect(ensureBackend(env, backend)).toBe(true);
    const path = backend.passphraseFile ?? '';
    const first = readFileSync(path, 'utf8');
    expect(ensureBackend(env, backend)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(first);
    expect(first.trim()).toMatch(/^[\w-]{43}$/);
    expect([path, dirname(path)].map((each) => statSync(each).mode & 0o777)).toEqual([
      0o600, 0o700,
    ]);
    expect(backendExists(backend)).toBe(true);
    expect(exportLines(backend).join()).not.toContain(first.trim());
  });
});

describe('the PATH of Pulumi', () => {
  it('begins with a directory that has bun', () => {
    const links = join(directory, '.tools/node_modules/.bin');
    mkdirSync(links, { recursive: true });
    symlinkSync(process.execPath, join(links, 'bun'));
    const [first = '', ...rest] = pathWithBun(directory, { PATH: '/a:/b' }).split(delimiter);
    expect(existsSync(join(first, 'bun'))).toBe(true);
    expect(basename(process.execPath) === 'bun' || first === links).toBe(true);
    expect(rest).toEqual(['/a', '/b']);
  });
});
