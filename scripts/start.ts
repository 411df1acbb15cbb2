/** Starts the service as a child and, once it is ready, says where it is and what to try. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processEnvironment, readConfig } from '../service/src/config.ts';
import type { Config } from '../service/src/config.ts';
import { FIELDS, PATHS } from '../service/src/contract.ts';

const ROOT = join(import.meta.dirname, '..');
const POLL_MS = 50;

const child = Bun.spawn([process.execPath, '--no-env-file', join(ROOT, 'service/src/main.ts')], {
  cwd: ROOT,
  stdio: ['inherit', 'inherit', 'inherit'],
});
// The terminal sends Ctrl-C to both; the child decides when it has finished.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));

void announce();
process.exitCode = await child.exited;

async function announce(): Promise<void> {
  const config = configOrNull();
  if (config === null) return;
  const base = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}`;
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(base + PATHS.readiness).catch(() => null);
    if (answer?.ok) {
      console.log(banner(base, config.keysFile !== null));
      return;
    }
    await Bun.sleep(POLL_MS);
  }
}

function banner(base: string, keyNeeded: boolean): string {
  const samples = JSON.parse(readFileSync(join(ROOT, 'samples/manifest.json'), 'utf8')) as {
    file: string;
  }[];
  const clip = join(ROOT, 'samples', samples[0]?.file ?? 'clip.wav');
  const key = keyNeeded ? '-H "Authorization: Bearer $KEY" ' : '';
  return `
Speech to text is ready on ${base}

  Try it:  curl ${key}-F ${FIELDS.audio}=@${clip} ${base}${PATHS.transcriptionsIsolated}
  or:      make transcribe FILE=${clip}${keyNeeded ? ' API_KEY=$KEY' : ''}
  Docs:    ${base}${PATHS.docs}
  Stop:    Ctrl-C
`;
}

/** Null when the configuration is wrong: the service itself says so. */
function configOrNull(): Config | null {
  try {
    return readConfig(processEnvironment());
  } catch {
    return null;
  }
}
