/** The key file: one `name:sha256[:limit]` a line, `#` comments and blank lines; checked as a whole, and never quoted. */

/** Most requests that one key may have in flight, where its line says nothing. */
const NO_LIMIT = null;
const MAX_LIMIT = 10_000;
const MAX_KEYS = 1_000;
const MAX_FAULTS_SHOWN = 50;
export const MAX_FILE_BYTES = 1024 * 1024;

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const SHA256 = /^[0-9a-f]{64}$/i;

/** Label values of requests without a key that we know: a key of that name could not be told from them. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['none', 'unknown']);

export interface KeyEntry {
  readonly name: string;
  /** Lower case hex. */
  readonly sha256: string;
  /** Most requests in flight, or null. */
  readonly limit: number | null;
}

/** Thrown for a file that cannot be read or says something wrong; the message lists every fault, one a line. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Why nobody can be called so, or null. */
export function nameFault(name: string): string | null {
  if (!NAME.test(name)) {
    return 'a name is 1 to 63 lower case letters, digits, dots, hyphens and underscores, the first a letter or digit';
  }
  return RESERVED_NAMES.has(name) ? `the name ${name} is taken for requests without a key` : null;
}

/** Why this is no limit, or null. */
export function limitFault(limit: string): string | null {
  const fits = /^\d{1,5}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT;
  return fits ? null : `a limit is a whole number from 1 to ${MAX_LIMIT}`;
}

/** `source` is what messages call the file. Throws `KeyFileError`. */
export function parseKeys(text: string, source: string): readonly KeyEntry[] {
  const faults: string[] = [];
  const entries: KeyEntry[] = [];
  const lineOfName = new Map<string, number>();
  const lineOfHash = new Map<string, number>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const number = index + 1;
    const entry = parseLine(line);
    if (typeof entry === 'string') {
      faults.push(`line ${number}: ${entry}`);
      continue;
    }
    const sameName = lineOfName.get(entry.name);
    const sameHash = lineOfHash.get(entry.sha256);
    if (sameName !== undefined) {
      faults.push(`line ${number}: the name ${entry.name} is that of line ${sameName}`);
    }
    if (sameHash !== undefined) {
      faults.push(`line ${number}: the key of ${entry.name} is that of line ${sameHash}`);
    }
    lineOfName.set(entry.name, sameName ?? number);
    lineOfHash.set(entry.sha256, sameHash ?? number);
    entries.push(entry);
  }
  if (entries.length > MAX_KEYS) {
    faults.push(`${entries.length} keys: at most ${MAX_KEYS} are taken`);
  }
  if (faults.length > 0) throw new KeyFileError(report(source, faults));
  return entries;
}

export function formatKey({ name, sha256, limit }: KeyEntry): string {
  return limit === null ? `${name}:${sha256}` : `${name}:${sha256}:${limit}`;
}

/** The entry, or what is wrong. Says nothing of the line itself: what stands in the wrong place may be a key. */
function parseLine(line: string): KeyEntry | string {
  const [name = '', sha256 = '', limit, ...rest] = line.split(':').map((part) => part.trim());
  if (sha256 === '' || rest.length > 0) return 'must be name:sha256 or name:sha256:limit';
  const wrongName = nameFault(name);
  if (wrongName !== null) return wrongName;
  if (!SHA256.test(sha256)) {
    return 'the second field must be 64 hexadecimal digits, the SHA-256 of a key (make api-key writes such a line)';
  }
  if (limit === undefined) return { name, sha256: sha256.toLowerCase(), limit: NO_LIMIT };
  const wrongLimit = limitFault(limit);
  if (wrongLimit !== null) return `${wrongLimit}, not what ${name} has`;
  return { name, sha256: sha256.toLowerCase(), limit: Number(limit) };
}

function report(source: string, faults: readonly string[]): string {
  const shown = faults.slice(0, MAX_FAULTS_SHOWN).map((fault) => `  ${fault}`);
  if (faults.length > shown.length) shown.push(`  and ${faults.length - shown.length} more`);
  return `The key file ${source} has ${faults.length} fault(s):\n${shown.join('\n')}`;
}
