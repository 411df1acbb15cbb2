/** Where Pulumi keeps the state: where it is told to, else in a directory of this user with a passphrase beside it. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { textAt } from './json.ts';
import type { Environment } from './session.ts';

const DIRECTORY = 'stt-platform';
const PASSPHRASE_BYTES = 32;

export interface Backend {
  /** Such as file:///home/a/.local/state/stt-platform or https://api.pulumi.com; null: what the access token is for. */
  readonly url: string | null;
  /** Of ours, else null: somebody configured one. */
  readonly directory: string | null;
  /** Ours, where neither the environment nor Pulumi's service keeps secrets. */
  readonly passphraseFile: string | null;
  /** What Pulumi is given on top of the environment: addresses and paths, no secret. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Looks and writes nothing. */
export function chooseBackend(env: Environment): Backend {
  const directory = stateDirectory(env);
  const configured = configuredUrl(env);
  const ours = configured === null && !env['PULUMI_ACCESS_TOKEN'];
  const url = ours ? pathToFileURL(directory).href : configured;
  const keepsSecrets = url === null || /^https?:/.test(url);
  const hasPassphrase =
    env['PULUMI_CONFIG_PASSPHRASE'] !== undefined || Boolean(env['PULUMI_CONFIG_PASSPHRASE_FILE']);
  const passphraseFile = keepsSecrets || hasPassphrase ? null : join(directory, 'passphrase');
  return {
    url,
    directory: ours ? directory : null,
    passphraseFile,
    variables: {
      ...(ours && url !== null && { PULUMI_BACKEND_URL: url }),
      ...(passphraseFile !== null && { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
    },
  };
}

/** Whether there can be a state at all. */
export function backendExists({ directory, passphraseFile }: Backend): boolean {
  return (
    (directory === null || existsSync(directory)) &&
    (passphraseFile === null || existsSync(passphraseFile))
  );
}

/** Makes the directory and the passphrase where they are missing, for the owner alone; whether it made a passphrase. */
export function ensureBackend(env: Environment, { directory, passphraseFile }: Backend): boolean {
  if (directory === null && passphraseFile === null) return false;
  const home = stateDirectory(env);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  if (passphraseFile === null || existsSync(passphraseFile)) return false;
  // A link is made as a whole or not at all, and never over a passphrase that somebody else has just made.
  const fresh = `${passphraseFile}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(PASSPHRASE_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(fresh, passphraseFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** The lines that make plain `pulumi` commands work; none where they do anyway. */
export function exportLines({ variables }: Backend): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
}

function stateDirectory(env: Environment): string {
  const home = env['HOME'] || homedir();
  return join(env['XDG_STATE_HOME'] || join(home, '.local/state'), DIRECTORY);
}

function configuredUrl(env: Environment): string | null {
  if (env['PULUMI_BACKEND_URL']) return env['PULUMI_BACKEND_URL'];
  const pulumiHome = env['PULUMI_HOME'] || join(env['HOME'] || homedir(), '.pulumi');
  try {
    const text = readFileSync(join(pulumiHome, 'credentials.json'), 'utf8');
    return textAt(JSON.parse(text), 'current') || null;
  } catch {
    // No such file, or none that Pulumi could read either.
    return null;
  }
}
