/** What the scripts that write API keys are told: the name, the file, and why they stop. */
import { join } from 'node:path';
import { processEnvironment } from '../service/src/config.ts';
import { KeyFileError, nameFault } from '../service/src/keys/key-file.ts';

const ROOT = join(import.meta.dirname, '..');
const DEFAULT_FILE = join(ROOT, '.stt-keys');

export interface KeysFile {
  readonly path: string;
  /** The service reads this one. */
  readonly served: boolean;
}

/** `KEYS_FILE`, else what the service is told in the environment or in `.env`, else `.stt-keys` in the root. */
export function keysFile(): KeysFile {
  const environment = processEnvironment();
  const served = environment['STT_API_KEYS_FILE'] || null;
  const path = environment['KEYS_FILE'] || served || DEFAULT_FILE;
  return { path, served: path === served };
}

/** The name, checked; `example` is how to say it. */
export function nameOr(example: string): string {
  const name = process.argv[2] ?? '';
  if (name === '') stop(`Say whose key: ${example}`);
  const fault = nameFault(name);
  if (fault !== null) stop(`NAME=${name} cannot be: ${fault}.`);
  return name;
}

/** What `change` gives; what is wrong with the file ends the script with a sentence. */
export function orStop<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof KeyFileError) return stop(error.message);
    throw error;
  }
}

export function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
