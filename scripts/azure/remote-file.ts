/** env.remote: where the service on Azure is, and a key for it. */
import { readVariables } from '../verbs/env-file.ts';
import { Refusal } from '../verbs/refusal.ts';

export const REMOTE_FILE = 'env.remote';

export interface Remote {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Empty where none is known. */
  readonly apiKey: string;
}

/** The environment wins over the file. Throws `Refusal` where no address is known. */
export function readRemote(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Remote {
  const file = readVariables(path);
  const baseUrl = env['BASE_URL'] || file['BASE_URL'] || '';
  if (baseUrl === '') {
    throw new Refusal(
      `${path} names no service: nothing is deployed. Type: make provision, then make deploy-azure`,
    );
  }
  return { baseUrl: baseUrl.replace(/\/$/, ''), apiKey: env['API_KEY'] || file['API_KEY'] || '' };
}
