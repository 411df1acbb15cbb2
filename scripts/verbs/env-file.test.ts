import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merged, readVariables, setVariables } from './env-file.ts';

const NAME = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const VALUE = fc.stringMatching(/^[\w ./:#@+=-]{0,12}$/);
const LINE = fc.oneof(
  fc.tuple(NAME, VALUE).map(([name, value]) => `${name}=${value}`),
  fc.tuple(NAME, VALUE).map(([name, value]) => `  export ${name} = "${value}" # why`),
  fc.stringMatching(/^#[ -~]{0,12}$/),
  fc.stringMatching(/^[ -~]{0,12}$/),
  fc.constant(''),
);
const TEXT = fc
  .tuple(fc.array(LINE, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(
    ([lines, newline, closed]) => lines.join(newline) + (closed && lines.length > 0 ? newline : ''),
  );
const VARIABLES = fc.dictionary(NAME, VALUE, { maxKeys: 4 });

/** Lines that do not set one of the names. */
const foreign = (text: string, names: readonly string[]) =>
  text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter(
      (line) =>
        line !== '' &&
        !names.some((name) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line)),
    );

describe('merged', () => {
  it('loses no line and changes the order of none', () => {
    fc.assert(
      fc.property(TEXT, VARIABLES, (text, variables) => {
        const names = Object.keys(variables);
        expect(foreign(merged(text, variables), names)).toEqual(foreign(text, names));
      }),
      { numRuns: 500 },
    );
  });

  it('sets what it was told, once', () => {
    fc.assert(
      fc.property(TEXT, VARIABLES, (text, variables) => {
        const after = merged(text, variables);
        expect(merged(after, variables)).toBe(after);
        for (const [name, value] of Object.entries(variables)) {
          const lines = after.split('\n').filter((line) => line.includes(`${name}=`));
          expect(
            lines.some((line) =>
              [`${name}=${value}`, `${name}='${value}'`].includes(
                line.replace(/\r$/, '').replace(/^\s*(export\s+)?/, ''),
              ),
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the ends of lines, spaces, export and an open last line', () => {
    expect(merged('# a\r\nX=1\r\nY=2', { X: '3', Z: '4' })).toBe('# a\r\nX=3\r\nY=2\r\nZ=4\r\n');
    expect(merged('  export X=1\n', { X: '2' })).toBe('  export X=2\n');
    expect(merged('#X=1\n', { X: '2' })).toBe('#X=1\nX=2\n');
    expect(merged('', { X: 'a b#c' })).toBe("X='a b#c'\n");
  });

  it('changes the last of several lines, which is the one that counts', () => {
    expect(merged('X=1\nX=2\n', { X: '3' })).toBe('X=1\nX=3\n');
  });
});

describe('setVariables', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stt-env-'));
    file = join(directory, '.env');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const mode = () => statSync(file).mode & 0o777;

  it('makes a file for the owner alone', () => {
    setVariables(file, { X: 'a b' });
    expect([readVariables(file), mode()]).toEqual([{ X: 'a b' }, 0o600]);
    expect(readdirSync(directory)).toEqual(['.env']);
  });

  it('closes a file that others could read, also where nothing changes', () => {
    writeFileSync(file, 'X=1\n');
    chmodSync(file, 0o644);
    setVariables(file, { X: '1' });
    expect([readFileSync(file, 'utf8'), mode()]).toEqual(['X=1\n', 0o600]);
  });

  it('follows a symlink', () => {
    writeFileSync(join(directory, 'real'), 'Y=1\n');
    symlinkSync('real', file);
    setVariables(file, { X: '2' });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(directory, 'real'), 'utf8')).toBe('Y=1\nX=2\n');
  });

  it('says nothing of a file that is not there', () => {
    expect(readVariables(file)).toEqual({});
    expect(existsSync(file)).toBe(false);
  });
});
