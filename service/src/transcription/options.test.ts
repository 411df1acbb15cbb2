import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import type { OptionRules } from './options.ts';

const RULES: OptionRules = {
  defaultEngine: 'moonshine-base',
  engines: ['moonshine-base'],
  supportOf: () => ({ languages: ['en'], words: false, maxAudioSeconds: null, memoryMb: 1 }),
};

const read = (fields: Record<string, string>) =>
  readOptions(new Map(Object.entries(fields)), RULES);

describe('the options of a request', () => {
  it('may all be left out', () => {
    expect(read({})).toEqual({ engine: 'moonshine-base', engineNamed: false, language: 'auto' });
    expect(read({ language: '', engine: ' ' })).toEqual(read({}));
  });

  it('may name the engine and a language with a region, in any case', () => {
    expect(read({ engine: 'moonshine-base', language: 'EN-us' })).toEqual({
      engine: 'moonshine-base',
      engineNamed: true,
      language: 'en-US',
    });
    expect(read({ language: 'AUTO' }).language).toBe('auto');
  });

  it('are refused with the value and what is allowed', () => {
    expect(() => read({ engine: 'moonshine-tiny' })).toThrow(
      /engine is "moonshine-tiny"; allowed: moonshine-base/,
    );
    expect(() => read({ language: 'english please' })).toThrow(/no BCP-47 tag/);
    expect(() => read({ language: 'de' })).toThrow(/understands: en/);
    expect(() => read({ language: '\u0000\n' + 'x'.repeat(500) })).toThrow(/"\?\?x{38}"/);
  });

  it('have a code for each fault', () => {
    const codeOf = (fields: Record<string, string>) => {
      try {
        return read(fields);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf({ engine: 'nobody' })).toBe('invalid_parameter');
    expect(codeOf({ language: '-' })).toBe('invalid_parameter');
    expect(codeOf({ language: 'fr' })).toBe('unsupported_language');
  });
});
