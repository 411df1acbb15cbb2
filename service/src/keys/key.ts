/** What a key is: a random text that its holder keeps, of which we keep the SHA-256 alone. */
import nodeCrypto from 'node:crypto';

const KEY_PREFIX = 'stt_';
const KEY_BYTES = 32;

/** A text of more characters is no key; nobody makes us hash a megabyte. */
export const MAX_KEY_LENGTH = 256;

export function createKey(): string {
  return KEY_PREFIX + nodeCrypto.randomBytes(KEY_BYTES).toString('base64url');
}

/** A fast hash is enough for 256 random bits: there is no dictionary to try. */
export function digestOf(key: string): Buffer {
  return nodeCrypto.createHash('sha256').update(key).digest();
}
