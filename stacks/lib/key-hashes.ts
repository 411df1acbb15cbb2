/** The API keys that an app is given: names and hashes, never a key. */

/** Name, SHA-256, and perhaps the most requests in flight; the service itself knows the finer rules. */
const ENTRY = /^[^:\s]+:[0-9a-f]{64}(:\d+)?$/i;

/** What is wrong with the content of a key file, a sentence a line; empty where nothing is. Hashes are not repeated. */
export function keyHashFaults(content: string): readonly string[] {
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) return ['it holds no key: make api-key NAME=first'];
  return lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') || ENTRY.test(line)
      ? []
      : [`line ${index + 1} must be name:sha256[:limit], as make api-key writes it`],
  );
}
