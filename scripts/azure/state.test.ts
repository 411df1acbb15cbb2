import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFirstKey, keyHashes } from './first-key.ts';
import { readStackConfig } from './stack-config.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the configuration of the stack', () => {
  it('is read as Pulumi writes it, secrets and empty values left out', () => {
    mkdirSync(join(directory, 'stacks/config'), { recursive: true });
    expect(readStackConfig(directory)).toEqual({});
    writeFileSync(
      join(directory, 'stacks/config/Pulumi.azure.yaml'),
      'encryptionsalt: v1:x\nconfig:\n  # ours\n  azure-native:location: swedencentral\n  stt:apiKeys: |-\n    a:b\n    c:d\n  stt:minReplicas: 2\n  stt:alertEmails: ""\n  stt:x:\n    secure: v1:y\n  stt:env: {}\n',
    );
    expect(readStackConfig(directory)).toEqual({
      'azure-native:location': 'swedencentral',
      'stt:apiKeys': 'a:b\nc:d',
      'stt:minReplicas': '2',
    });
  });
});

describe('the first key', () => {
  it('is refused where the file is broken or being written, and nothing is made', () => {
    writeFileSync(join(directory, '.stt-keys.azure'), 'nonsense\n');
    expect(() => ensureFirstKey(directory)).toThrow('line 1: must be name:sha256');
    writeFileSync(join(directory, '.stt-keys.azure'), '');
    writeFileSync(join(directory, '.stt-keys.azure.new'), '');
    expect(() => ensureFirstKey(directory)).toThrow('somebody is writing keys');
    expect(existsSync(join(directory, 'env.remote'))).toBe(false);
  });

  it('is made beside a key of env.remote that the file does not know', () => {
    writeFileSync(join(directory, 'env.remote'), 'API_KEY=stt_other\nX=1\n');
    const { made } = ensureFirstKey(directory);
    expect(readFileSync(join(directory, 'env.remote'), 'utf8')).toBe(`API_KEY=${made}\nX=1\n`);
    expect(ensureFirstKey(directory)).toEqual({ name: 'first', made: null, others: [] });
  });

  it('leaves hashes alone for Azure', () => {
    expect(keyHashes(directory)).toBeNull();
    const { made } = ensureFirstKey(directory);
    expect(keyHashes(directory)).toMatch(/^first:[0-9a-f]{64}$/);
    expect(keyHashes(directory)).not.toContain(made);
  });
});
