import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyFileError, formatKey } from './key-file.ts';
import { openKeyStore } from './key-store.ts';
import type { KeyReload, KeyStore } from './key-store.ts';
import { createKey, digestOf } from './key.ts';

const QUICK = { lookEveryMs: 10, restMs: 5 };
const OLD = createKey();
const NEW = createKey();
const line = (name: string, key: string) =>
  `${formatKey({ name, sha256: digestOf(key).toString('hex'), limit: null })}\n`;

let directory: string;
let path: string;
let reloads: KeyReload[];
let stores: KeyStore[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-keys-'));
  path = join(directory, 'keys');
  reloads = [];
  stores = [];
  writeFileSync(path, line('old', OLD));
});

afterEach(() => {
  for (const store of stores) store.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(at = path, watch = QUICK): KeyStore {
  const store = openKeyStore(at, (reload) => reloads.push(reload), watch);
  stores.push(store);
  return store;
}

const nextReload = (count = 1) =>
  vi.waitFor(
    () => {
      expect(reloads).toHaveLength(count);
      return reloads.at(-1) as KeyReload;
    },
    { interval: 5, timeout: 5_000 },
  );

describe('the keys of a file', () => {
  it('change with the file when that is written in place', async () => {
    const store = open();
    expect(store.verify(OLD)?.name).toBe('old');
    writeFileSync(path, line('new', NEW));
    expect(await nextReload()).toEqual({ outcome: 'loaded', size: 1, removed: ['old'] });
    expect(store.verify(NEW)?.name).toBe('new');
    expect(store.verify(OLD)).toBeNull();
    writeFileSync(path, line('newer', NEW));
    await nextReload(2);
    expect(store.verify(NEW)?.name).toBe('newer');
  });

  // Each twice: the first look of a watcher always reads, only the second proves that it saw a change.
  it('change when another file of the same size and time is renamed into its place', async () => {
    const store = open();
    const time = new Date(1_700_000_000_000);
    for (const [index, [name, key]] of [['two', NEW] as const, ['too', OLD] as const].entries()) {
      const other = join(directory, 'other');
      writeFileSync(other, line(name, key));
      utimesSync(other, time, time);
      renameSync(other, path);
      await nextReload(index + 1);
      expect(store.verify(key)?.name).toBe(name);
    }
  });

  it('change when Kubernetes swaps the directory behind its symlinks', async () => {
    const swapTo = (version: string, text: string) => {
      mkdirSync(join(directory, version));
      writeFileSync(join(directory, version, 'api-keys'), text);
      symlinkSync(version, join(directory, '..data_tmp'));
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    swapTo('..1', line('one', OLD));
    symlinkSync('..data/api-keys', join(directory, 'api-keys'));
    const store = open(join(directory, 'api-keys'));
    expect(store.verify(OLD)?.name).toBe('one');
    swapTo('..2', line('two', NEW));
    rmSync(join(directory, '..1'), { recursive: true });
    await nextReload();
    swapTo('..3', line('too', NEW));
    rmSync(join(directory, '..2'), { recursive: true });
    await nextReload(2);
    expect(store.verify(NEW)?.name).toBe('too');
    expect(store.verify(OLD)).toBeNull();
  });

  it('stay as they were while the file is broken, which is told once, and recover', async () => {
    const store = open();
    writeFileSync(path, `${line('new', NEW)}nonsense\n`);
    expect(await nextReload()).toEqual({
      outcome: 'failed',
      message: expect.stringContaining('line 2: must be name:sha256'),
    });
    expect(store.verify(OLD)?.name).toBe('old');
    expect(store.verify(NEW)).toBeNull();
    rmSync(path);
    expect(await nextReload(2)).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('There is no key file'),
    });
    expect(store.verify(OLD)?.name).toBe('old');
    writeFileSync(path, line('old', OLD));
    expect(await nextReload(3)).toEqual({ outcome: 'loaded', size: 1, removed: [] });
  });

  it('are not read while somebody is writing them line by line', async () => {
    open(path, { lookEveryMs: 1, restMs: 300 });
    writeFileSync(path, '');
    for (let index = 0; index < 20; index += 1) {
      appendFileSync(path, line(`k${index}`, `key ${index}`));
      await Bun.sleep(5);
    }
    expect(await nextReload()).toMatchObject({ outcome: 'loaded', size: 20 });
  });

  it('are none when the last line is gone', async () => {
    const store = open();
    truncateSync(path);
    expect(await nextReload()).toEqual({ outcome: 'loaded', size: 0, removed: ['old'] });
    expect(store.verify(OLD)).toBeNull();
  });

  it('are not read again for a new time alone', async () => {
    open();
    utimesSync(path, new Date(), new Date(0));
    appendFileSync(path, '');
    const witness = join(directory, 'witness');
    writeFileSync(witness, line('old', OLD));
    open(witness);
    writeFileSync(witness, line('new', NEW));
    await nextReload();
  });

  it('do not change after the end', async () => {
    const closed = open();
    closed.close();
    writeFileSync(path, line('new', NEW));
    const witness = open();
    writeFileSync(path, line('newer', NEW));
    await nextReload();
    expect(witness.verify(NEW)?.name).toBe('newer');
    expect(closed.verify(OLD)?.name).toBe('old');
  });

  it.each([
    ['is not there', () => rmSync(path), 'There is no key file'],
    [
      'is a directory',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
      'is no regular file',
    ],
    ['is broken', () => writeFileSync(path, 'nonsense'), 'has 1 fault(s)'],
    ['is larger than a key file can be', () => truncateSync(path, 1024 * 1024 + 1), 'at most'],
  ])('cannot be had at start when it %s', (_what, breakIt, sentence) => {
    breakIt();
    expect(() => open()).toThrow(KeyFileError);
    expect(() => open()).toThrow(sentence);
  });
});
