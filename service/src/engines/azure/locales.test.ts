import { describe, expect, it } from 'vitest';
import { FAST_LOCALES, languagesOf, localeFor, SPEECH_LOCALES } from './locales.ts';

const chosen = (tag: string, preferred: string[] = ['en-US']) =>
  localeFor(tag, SPEECH_LOCALES, preferred);

describe('the locale asked of Azure', () => {
  it('is the tag itself where Azure has it', () => {
    expect(chosen('en-GB')).toBe('en-GB');
    expect(chosen('zh-CN-sichuan')).toBe('zh-CN-sichuan');
  });

  it('is the preferred one, else the usual one, for a language without a region', () => {
    expect(chosen('en')).toBe('en-US');
    expect(chosen('en', ['de-DE', 'en-IN'])).toBe('en-IN');
    expect(chosen('pt')).toBe('pt-BR');
    expect(chosen('fi')).toBe('fi-FI');
  });

  it('ignores a script that the locale does not name', () => {
    expect(chosen('zh-Hant-TW')).toBe('zh-TW');
  });

  it('is not another region than the one asked for', () => {
    expect(() => chosen('de-LU')).toThrow('Azure understands: de-AT, de-CH, de-DE.');
  });

  it('can be found for every language that either engine claims', () => {
    for (const locales of [SPEECH_LOCALES, FAST_LOCALES]) {
      for (const language of languagesOf(locales)) {
        expect(locales).toContain(localeFor(language, locales, []));
      }
    }
  });

  it('is spelled as BCP-47 has it, all over the list', () => {
    expect(SPEECH_LOCALES.length).toBe(new Set(SPEECH_LOCALES).size);
    for (const locale of SPEECH_LOCALES) {
      expect(Intl.getCanonicalLocales(locale)).toEqual([locale]);
    }
  });
});
