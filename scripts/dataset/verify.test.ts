import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { md5Of } from './verify.ts';

const directory = mkdtempSync(join(tmpdir(), 'stt-md5-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('gives the MD5 of a file of several chunks as of all its bytes at once', async () => {
  const path = join(directory, 'file');
  const content = Buffer.alloc(3 * 1024 * 1024 + 7, 'a');
  writeFileSync(path, content);
  expect(await md5Of(path)).toBe(Bun.CryptoHasher.hash('md5', content, 'hex'));
});
