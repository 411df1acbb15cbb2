import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { readChoices } from './choices.ts';

function typed(options: Readonly<Record<string, string>>) {
  return readChoices('/here', (option) => options[option] ?? null);
}

describe('what is typed', () => {
  it('means all recordings from the known mirrors where it is nothing', () => {
    expect(typed({})).toEqual({
      limit: null,
      from: null,
      any: false,
      mirrors: null,
      keepArchive: false,
    });
  });

  it('is read as it is meant', () => {
    expect(
      typed({
        limit: '50',
        mirrors: 'https://a.example/x, http://b.example/y',
        keep_archive: '1',
      }),
    ).toMatchObject({
      limit: 50,
      mirrors: ['https://a.example/x', 'http://b.example/y'],
      keepArchive: true,
    });
    expect(typed({ from: 'x.tar.gz', any: '1' })).toMatchObject({
      from: '/here/x.tar.gz',
      any: true,
    });
    expect(typed({ from: '~/x.tar.gz' }).from).toBe(join(homedir(), 'x.tar.gz'));
  });

  it.each([
    [{ limit: '0' }, 'LIMIT=0 cannot be'],
    [{ limit: 'ten' }, 'LIMIT=ten cannot be'],
    [{ mirrors: 'ftp://a.example/x' }, 'MIRRORS=ftp://a.example/x cannot be'],
    [{ mirrors: 'a.example' }, 'MIRRORS=a.example cannot be'],
    [{ mirrors: ',' }, 'MIRRORS takes 1 to 10 URLs'],
    [{ mirrors: 'http://a.example,'.repeat(11) }, 'MIRRORS takes 1 to 10 URLs'],
    [{ from: 'x', mirrors: 'http://a.example' }, 'FROM and MIRRORS exclude each other'],
    [{ any: '1' }, 'ANY=1 goes with FROM=<file>'],
    [{ keep_archive: 'perhaps' }, 'KEEP_ARCHIVE=perhaps cannot be'],
  ])('is refused as %j', (options, sentence) => {
    const read = () => typed(options);
    expect(read).toThrow(Refusal);
    expect(read).toThrow(sentence);
  });
});
