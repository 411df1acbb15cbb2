/** The key that a request carries, in whichever of the four headers. */
import { HEADERS, KEY_HEADERS } from '../contract.ts';

const BEARER = /^bearer +(\S.*)$/i;

export type PresentedKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly key: string }
  /** Different keys in different headers: whoever of them is meant would be a guess. */
  | { readonly kind: 'several'; readonly headers: readonly string[] };

/** Other schemes of `Authorization` than Bearer, such as what a proxy adds, are nobody's key. */
export function presentedKey(headers: Headers): PresentedKey {
  const bearer = BEARER.exec(headers.get(HEADERS.authorization)?.trim() ?? '')?.[1] ?? '';
  const found = [
    [HEADERS.authorization, bearer] as const,
    ...KEY_HEADERS.map((name) => [name, headers.get(name)?.trim() ?? ''] as const),
  ].filter(([, key]) => key !== '');
  const [key, another] = new Set(found.map(([, value]) => value));
  if (key === undefined) return { kind: 'none' };
  return another === undefined
    ? { kind: 'one', key }
    : { kind: 'several', headers: found.map(([name]) => name) };
}
