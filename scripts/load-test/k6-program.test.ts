import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFakeProgram } from '../verbs/testing/fake-program.ts';
import { createPlace } from '../verbs/testing/place.ts';
import type { Place } from '../verbs/testing/place.ts';
import { findK6 } from './k6-program.ts';

const NEEDED = 'cat chmod dirname ln mkdir mv readlink rm sed sh sleep sort'.split(' ');
const TOOLS = join(import.meta.dirname, '../tools');

let place: Place;

/** Nothing on PATH but what the script that looks for tools needs. */
beforeEach(() => {
  place = createPlace('load-test');
  mkdirSync(join(place.root, 'scripts/tools/k6'), { recursive: true });
  const script = join(place.root, 'scripts/tools/find-tool.sh');
  cpSync(join(TOOLS, 'find-tool.sh'), script);
  chmodSync(script, 0o755);
  for (const name of NEEDED) symlinkSync(Bun.which(name) ?? name, join(place.bin, name));
  place.env['PATH'] = place.bin;
});

afterEach(() => place.remove());

const k6 = (version: string) =>
  writeFakeProgram({
    name: 'k6',
    bin: place.bin,
    state: place.state,
    rules: [{ match: 'version', out: `k6 v${version} (go1.26.8, linux/amd64)\n` }],
  });

describe('the k6 of a load test', () => {
  it('is the one on PATH', async () => {
    k6('2.2.1');
    expect(await findK6(place.session())).toEqual({
      path: join(place.bin, 'k6'),
      version: '2.2.1',
    });
  });

  it('is missing where there is none and no Go: how to get it is said', async () => {
    await expect(findK6(place.session())).rejects.toThrow(/There is no k6\..*brew install k6/);
  });

  it('is missing where there is an older one', async () => {
    k6('0.57.0');
    await expect(findK6(place.session())).rejects.toThrow('There is no k6');
  });

  it('could not be built: that is said, with what to do', async () => {
    writeFakeProgram({
      name: 'go',
      bin: place.bin,
      state: place.state,
      rules: [
        { match: 'env', out: 'https://proxy.example,direct\n' },
        { match: 'build', err: 'no such module\n', code: 1 },
      ],
    });
    await expect(findK6(place.session())).rejects.toThrow('k6 could not be built');
    expect(place.said()).toContain('no such module');
  });
});
