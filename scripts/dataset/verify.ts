/** The checksum of a file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/** MD5, which is what is published, in lower-case hexadecimal; never the whole file in memory. */
export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
