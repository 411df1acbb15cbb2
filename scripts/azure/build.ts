/** Builds the image in the registry, unless the registry has it, and gives its digest. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKERFILE } from '../image/context.ts';
import { orElse } from './az.ts';
import type { Az, AzError } from './az.ts';
import { commitTag, currentCommit } from './commit.ts';
import { waitFor } from '../verbs/countdown.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import { textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

export const REPOSITORY = 'stt';

/** What a registry has just taken may be unknown to its own list for some seconds. */
const DIGEST_WAIT = { everyMs: 3_000, limitMs: 60_000 };
const NOT_THERE = /not found|does not exist|not known to registry|MANIFEST_UNKNOWN|NAME_UNKNOWN/i;

/** The digest, such as sha256:…. Rejects with `AzError` where the build fails. */
export async function builtDigest(
  session: Session,
  az: Az,
  registry: string,
  source: ImageSource,
): Promise<string> {
  const { say } = session;
  const tag = source.tag();
  const there = await digestOf(az, registry, tag);
  if (there !== null) {
    say.done(`${registry} has ${REPOSITORY}:${tag}: nothing to build`);
    return there;
  }
  await build(session, az, registry, source, tag);
  const outcome = await waitFor(session, DIGEST_WAIT, async () => {
    const digest = await digestOf(az, registry, tag);
    return digest === null
      ? { waitingFor: `${registry} does not list ${REPOSITORY}:${tag} yet` }
      : { value: digest };
  });
  if ('waitingFor' in outcome) throw new Refusal(`${outcome.waitingFor}. Type: make deploy-azure`);
  say.done(`Built ${REPOSITORY}:${tag}`);
  return outcome.value;
}

/** Of a tag, or null where the registry has none such. */
async function digestOf(az: Az, registry: string, tag: string): Promise<string | null> {
  const parts = ['acr', 'repository', 'show', '-n', registry, '--image', `${REPOSITORY}:${tag}`];
  const isMissing = (error: AzError) => NOT_THERE.test(error.text);
  return textAt(await orElse(az(parts), isMissing, null), 'digest');
}

async function build(
  session: Session,
  az: Az,
  registry: string,
  source: ImageSource,
  tag: string,
): Promise<void> {
  const { say } = session;
  const commit = await currentCommit(session);
  const directory = mkdtempSync(join(tmpdir(), 'stt-image-'));
  try {
    if (source.stage(directory) !== tag) {
      throw new Refusal('Files of the image changed just now. Type: make deploy-azure');
    }
    const names = [tag, ...(commit === null ? [] : [commitTag(commit)])];
    say.note(
      `Building ${names.map((each) => `${REPOSITORY}:${each}`).join(' and ')} in ${registry}`,
    );
    await az.streamed(
      [
        'acr',
        'build',
        '-r',
        registry,
        ...names.flatMap((each) => ['-t', `${REPOSITORY}:${each}`]),
        // Looked for from where az runs, which is the directory.
        '-f',
        DOCKERFILE,
        ...(commit === null ? [] : ['--build-arg', `REVISION=${commit.sha}`]),
        '.',
      ],
      directory,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
