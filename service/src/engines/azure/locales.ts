/**
 * The locales of Azure AI Speech and the choice of one for a request.
 * Source: "Language and voice support for the Speech service", table "Speech to text", as of April 2026.
 */
import { AppError } from '../../errors.ts';

/** Continuous recognition and Fast Transcription. */
const BOTH = `
  af-ZA am-ET ar-AE ar-BH ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-LY ar-OM ar-PS ar-QA ar-SA ar-SY az-AZ bg-BG
  bn-IN ca-ES cs-CZ cy-GB da-DK de-AT de-CH de-DE en-AU en-CA en-GB en-GH en-HK en-IE en-IN en-KE en-NG en-NZ
  en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-CU es-DO es-EC es-ES es-GQ es-GT es-HN es-MX
  es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE et-EE eu-ES fa-IR fi-FI fil-PH fr-FR ga-IE gl-ES he-IL
  hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE kk-KZ ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN
  mr-IN ms-MY mt-MT my-MM nb-NO nl-NL pl-PL ps-AF pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE
  sw-KE ta-IN te-IN th-TH tr-TR uk-UA ur-IN uz-UZ vi-VN zh-CN zh-HK zh-TW zu-ZA
`;

/** Continuous recognition alone. */
const SPEECH_ONLY = `
  ar-DZ ar-MA ar-TN ar-YE as-IN bs-BA el-GR fr-BE fr-CA fr-CH gu-IN it-CH km-KH kn-IN ne-NP nl-BE or-IN pa-IN
  si-LK sw-TZ wuu-CN yue-CN zh-CN-shandong zh-CN-sichuan
`;

const list = (text: string) => text.trim().split(/\s+/);

export const FAST_LOCALES: readonly string[] = list(BOTH);
export const SPEECH_LOCALES: readonly string[] = list(`${BOTH} ${SPEECH_ONLY}`);

/** Meant by a language without a region where Azure has several; for the others it is the only or first one. */
const USUAL: Readonly<Record<string, string>> = {
  ar: 'ar-EG',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  it: 'it-IT',
  fr: 'fr-FR',
  nl: 'nl-NL',
  pt: 'pt-BR',
  sw: 'sw-KE',
  zh: 'zh-CN',
};

const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** Primary tags of a list of locales, each once. */
export function languagesOf(locales: readonly string[]): string[] {
  return [...new Set(locales.map(languageOf))];
}

/**
 * The locale to ask Azure for. @param tag canonical BCP-47 @param preferred decides for a tag without a region.
 * Throws `unsupported_language` for a region (or script) that Azure has no model for.
 */
export function localeFor(
  tag: string,
  locales: readonly string[],
  preferred: readonly string[],
): string {
  if (locales.includes(tag)) return tag;
  const { language, region } = new Intl.Locale(tag);
  const ofLanguage = locales.filter((locale) => languageOf(locale) === language);
  const found =
    region === undefined
      ? (preferred.find((locale) => ofLanguage.includes(locale)) ??
        ofLanguage.find((locale) => locale === USUAL[language]) ??
        ofLanguage[0])
      : ofLanguage.find((locale) => locale === `${language}-${region}`);
  if (found !== undefined) return found;
  throw new AppError(
    'unsupported_language',
    `language is "${tag}"; Azure understands: ${ofLanguage.join(', ') || languagesOf(locales).join(', ')}.`,
  );
}
