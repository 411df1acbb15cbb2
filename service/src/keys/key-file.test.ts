import { describe, expect, it } from 'vitest';
import { KeyFileError, formatKey, parseKeys } from './key-file.ts';
import { digestOf } from './key.ts';

const hash = (key: string) => digestOf(key).toString('hex');
const A = hash('a');
const B = hash('b');

function faultsOf(text: string): string {
  try {
    parseKeys(text, 'keys.txt');
  } catch (error) {
    if (error instanceof KeyFileError) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('a key file', () => {
  it('holds a name, a hash and maybe a limit a line, with comments and blank lines between', () => {
    const text = `\uFEFF# who may\r\n\r\nlaptop:${A}\r\n  ci.night_1 : ${B.toUpperCase()} : 4  \r\n#x:y`;
    expect(parseKeys(text, 'keys.txt')).toEqual([
      { name: 'laptop', sha256: A, limit: null },
      { name: 'ci.night_1', sha256: B, limit: 4 },
    ]);
  });

  it('is read as it was written', () => {
    const entries = [
      { name: 'laptop', sha256: A, limit: null },
      { name: 'ci', sha256: B, limit: 10_000 },
    ];
    expect(parseKeys(entries.map(formatKey).join('\n'), 'keys.txt')).toEqual(entries);
  });

  it('may be empty: then nobody has a key', () => {
    expect(parseKeys('# nobody\n', 'keys.txt')).toEqual([]);
  });

  it('tells all its faults at once, each with its line', () => {
    const text = [
      `laptop:${A}`,
      'no-hash',
      `Laptop:${B}`,
      'short:abcdef',
      `much:${B}:10001`,
      `laptop:${B}`,
      `other:${A}`,
      `none:${hash('c')}`,
      `a:${hash('d')}:1:2`,
    ].join('\n');
    expect(faultsOf(text).split('\n')).toEqual([
      'The key file keys.txt has 8 fault(s):',
      '  line 2: must be name:sha256 or name:sha256:limit',
      '  line 3: a name is 1 to 63 lower case letters, digits, dots, hyphens and underscores, the first a letter or digit',
      expect.stringContaining('  line 4: the second field must be 64 hexadecimal digits'),
      '  line 5: a limit is a whole number from 1 to 10000, not what much has',
      '  line 6: the name laptop is that of line 1',
      '  line 7: the key of other is that of line 1',
      '  line 8: the name none is taken for requests without a key',
      '  line 9: must be name:sha256 or name:sha256:limit',
    ]);
  });

  it.each(['0', '-1', '1.5', '1e3', ' ', '99999999999'])('takes no limit of %j', (limit) => {
    expect(faultsOf(`laptop:${A}:${limit}`)).toContain('a whole number from 1 to 10000');
  });

  it('is never quoted: what stands in the wrong place may be a key', () => {
    const secret = 'stt_notforthelog';
    const lines = [
      secret,
      `${secret.toUpperCase()}:laptop`,
      `laptop:${secret}`,
      `${A}:laptop`,
      `laptop:${A}:${secret}`,
      `x:${A}:1:${secret}`,
      `twice:${B}`,
      `again:${B}`,
    ];
    const said = faultsOf(lines.join('\n')).toLowerCase();
    for (const quoted of [secret, A, B]) expect(said).not.toContain(quoted);
  });

  it('has at most 1,000 keys, and shows at most 50 of its faults', () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `k${index}:${hash(`k${index}`)}`);
    expect(parseKeys(keys.slice(1).join('\n'), 'keys.txt')).toHaveLength(1000);
    expect(faultsOf(keys.join('\n'))).toContain('1001 keys: at most 1000 are taken');
    const said = faultsOf('wrong\n'.repeat(1000)).split('\n');
    expect(said).toHaveLength(52);
    expect(said.at(-1)).toBe('  and 950 more');
  });
});
