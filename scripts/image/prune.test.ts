import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rules } from './prune-rules.ts';
import { bytesOf, prune } from './prune-steps.ts';

const RULES: Rules = {
  droppedPackages: { compiler: 'never runs' },
  keptOfPackage: {
    models: { keep: ['{arch}/*.onnx'], dataOnly: true, emptied: 'index.js', why: 'read' },
  },
  droppedOfPackage: { server: { '**/*.cjs': 'twice' } },
  droppedFiles: { '**/*.map': 'for debuggers' },
  required: ['models/x64/a.onnx'],
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stt-prune-'));
  add('server', ['index.js', 'index.cjs', 'index.js.map', 'README.md', 'LICENSE-MIT.txt']);
  add('small', ['index.js', 'README.md']);
  add('models', ['index.js', 'x64/a.onnx', 'arm64/a.onnx', 'src/a.js', 'deep/NOTICE']);
  add('compiler', ['tsc.js']);
  add('browser', ['index.js']);
  for (const name of ['server', 'models']) link('service/node_modules', name);
  for (const name of ['small', 'compiler']) link('node_modules/.bun/server@1/node_modules', name);
  link('node_modules/.bun/models@1/node_modules', 'browser');
  link('node_modules/.bun/node_modules', 'browser');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('pruning', () => {
  it('keeps what the service reaches and drops what only dropped packages lead to', () => {
    const pruned = prune(root, 'x64', RULES);
    expect(pruned.packages).toBe(3);
    expect(pruned.bytesAfter).toBe(bytesOf(root));
    expect(pruned.bytesAfter).toBeLessThan(pruned.bytesBefore);
    expect(has('small', 'index.js')).toBe(true);
    expect(has('compiler', 'tsc.js')).toBe(false);
    expect(has('browser', 'index.js')).toBe(false);
    expect(existsSync(join(root, 'node_modules/.bun/node_modules'))).toBe(false);
    expect(existsSync(join(root, 'service/node_modules/server/index.js'))).toBe(true);
  });

  it('keeps licences always, and a README where it may be the licence', () => {
    prune(root, 'x64', RULES);
    expect(has('server', 'LICENSE-MIT.txt')).toBe(true);
    expect(has('server', 'README.md')).toBe(false);
    expect(has('small', 'README.md')).toBe(true);
    expect(has('models', 'deep/NOTICE')).toBe(true);
  });

  it('keeps of a package of files those of the wanted architecture, and an entry to find it by', () => {
    prune(root, 'x64', RULES);
    expect(has('models', 'x64/a.onnx')).toBe(true);
    expect(has('models', 'arm64/a.onnx')).toBe(false);
    expect(has('models', 'src/a.js')).toBe(false);
    expect(Bun.file(join(store('models'), 'index.js')).size).toBe(0);
    expect(has('server', 'index.cjs')).toBe(false);
    expect(has('server', 'index.js.map')).toBe(false);
  });
});

describe('pruning stops', () => {
  it.each<[string, Partial<Rules>, string]>([
    ['a dropped package', { droppedPackages: { ...RULES.droppedPackages, gone: '' } }, 'gone'],
    ['a dropped file', { droppedFiles: { ...RULES.droppedFiles, '*.gone': '' } }, '*.gone'],
    ['a file of a package', { droppedOfPackage: { server: { x: '' } } }, 'x of server'],
    [
      'a kept file',
      { keptOfPackage: { models: { keep: ['x64/*', 'no/*'], why: '' } } },
      'models lacks',
    ],
    ['a required file', { required: ['models/x64/b.onnx'] }, 'needs models/x64/b.onnx'],
  ])('when %s is nowhere to be found', (_, rules, said) => {
    expect(() => prune(root, 'x64', { ...RULES, droppedOfPackage: {}, ...rules })).toThrow(said);
  });

  it.each([
    ['Windows', '4d5a9000'],
    ['macOS', 'cffaedfe'],
    ['another architecture', `7f454c46${'00'.repeat(14)}b700`],
  ])('at a binary of %s', (_, hex) => {
    writeFileSync(join(store('small'), 'tool'), Buffer.from(hex, 'hex'));
    expect(() => prune(root, 'x64', RULES)).toThrow('tool is a binary, and not one of linux/x64');
  });

  it('where the packages were installed in another way', () => {
    rmSync(join(root, 'node_modules/.bun'), { recursive: true });
    expect(() => prune(root, 'x64', RULES)).toThrow('isolated linker');
  });
});

function store(name: string): string {
  return join(root, `node_modules/.bun/${name}@1/node_modules/${name}`);
}

function add(name: string, files: readonly string[]): void {
  for (const file of ['package.json', ...files]) {
    mkdirSync(dirname(join(store(name), file)), { recursive: true });
    writeFileSync(join(store(name), file), 'some text');
  }
}

function link(folder: string, name: string): void {
  mkdirSync(join(root, folder), { recursive: true });
  symlinkSync(store(name), join(root, folder, name));
}

function has(name: string, file: string): boolean {
  return existsSync(join(store(name), file));
}
