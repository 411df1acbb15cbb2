/** Reads the list of mirrors that was typed. */
import { Refusal } from '../verbs/refusal.ts';

const MOST_MIRRORS = 10;
const EXAMPLE = 'MIRRORS=https://www.openslr.org/resources/12/test-clean.tar.gz';

/** URLs with commas between them. Throws `Refusal`. */
export function readMirrors(typed: string): readonly string[] {
  const urls = typed
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  if (urls.length === 0 || urls.length > MOST_MIRRORS) {
    throw new Refusal(`MIRRORS takes 1 to ${MOST_MIRRORS} URLs of the archive, such as ${EXAMPLE}`);
  }
  for (const url of urls) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (protocol === 'http:' || protocol === 'https:') continue;
    throw new Refusal(`MIRRORS=${url} cannot be: it is no URL of HTTP, such as ${EXAMPLE}`);
  }
  return urls;
}

/** A mirror as it is spoken of: neither a name and password nor a signature of its URL is shown. */
export function mirrorName(url: string): string {
  return new URL(url).host;
}
