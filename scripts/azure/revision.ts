/** Watches the app's revisions until the one with the new image is ready and answers, and shows its log where it fails. */
import { PATHS } from '../../service/src/contract.ts';
import { AzError, orElse } from './az.ts';
import type { Az } from './az.ts';
import type { Attempt } from '../verbs/countdown.ts';
import { listAt, textAt } from '../verbs/json.ts';
import type { Session } from '../verbs/session.ts';

const LOG_LINES = '50';
const READY_TIMEOUT_MS = 10_000;
/** A container that restarts is Failed for a moment; one that cannot run stays so. */
const MAX_FAILED_LOOKS = 3;

export interface App {
  readonly name: string;
  readonly resourceGroup: string;
}

export interface Revisions {
  /** The newest. */
  readonly latest: string | null;
  /** What takes requests. */
  readonly ready: string | null;
}

/** Thrown for a revision that will not get ready by waiting. */
export class RevisionFailed extends Error {
  override readonly name = 'RevisionFailed';
}

/** Null where there is no app yet. */
export async function revisionsOf(az: Az, { name, resourceGroup }: App): Promise<Revisions | null> {
  const isMissing = (error: AzError) =>
    /ResourceNotFound|ResourceGroupNotFound|does not exist|not found/i.test(error.text);
  const app = await orElse(
    az(['containerapp', 'show', '-n', name, '-g', resourceGroup]),
    isMissing,
    null,
  );
  if (app === null) return null;
  return {
    latest: textAt(app, 'properties', 'latestRevisionName'),
    ready: textAt(app, 'properties', 'latestReadyRevisionName'),
  };
}

/** An attempt for `waitFor`: the name of the revision with the image, once it is ready. Throws `RevisionFailed`. */
export function revisionReady(az: Az, app: App, image: string): () => Promise<Attempt<string>> {
  let failedLooks = 0;
  return async () => {
    const revisions = await revisionsOf(az, app);
    if (revisions === null || revisions.latest === null) {
      return { waitingFor: 'The app has no revision yet' };
    }
    const { latest, ready } = revisions;
    const { name, resourceGroup } = app;
    const revision = await az([
      'containerapp',
      'revision',
      'show',
      '-n',
      name,
      '-g',
      resourceGroup,
      '--revision',
      latest,
    ]);
    const images = listAt(revision, 'properties', 'template', 'containers').map((each) =>
      textAt(each, 'image'),
    );
    if (!images.includes(image)) return { waitingFor: `${latest} is not the new revision` };
    const provisioning = textAt(revision, 'properties', 'provisioningState') ?? 'unknown';
    const running = textAt(revision, 'properties', 'runningState') ?? 'unknown';
    const health = textAt(revision, 'properties', 'healthState') ?? 'unknown';
    const why = textAt(revision, 'properties', 'provisioningError');
    failedLooks = /failed/i.test(running) ? failedLooks + 1 : 0;
    if (/^failed$/i.test(provisioning) || failedLooks >= MAX_FAILED_LOOKS) {
      throw new RevisionFailed(`${latest} failed${why === null ? '' : `: ${why}`}`);
    }
    if (latest === ready && provisioning === 'Provisioned' && health !== 'Unhealthy') {
      return { value: latest };
    }
    return { waitingFor: `${latest}: ${provisioning}, ${running}, ${health}` };
  };
}

/** An attempt for `waitFor`: the service answers on its address, or the ingress turns this machine away. */
export async function answersReady(url: string): Promise<Attempt<'ready' | 'turned-away'>> {
  try {
    const answer = await fetch(url + PATHS.readiness, {
      signal: AbortSignal.timeout(READY_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) return { value: 'ready' };
    // The service itself never answers so on this path.
    if (answer.status === 403) return { value: 'turned-away' };
    return { waitingFor: `${url}${PATHS.readiness} answers ${answer.status}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { waitingFor: `${url}${PATHS.readiness} does not answer (${why})` };
  }
}

/** The last lines of a revision: of the platform, then of the service. */
export async function showLogs(
  { say }: Session,
  az: Az,
  { name, resourceGroup }: App,
  revision: string,
): Promise<void> {
  for (const type of ['system', 'console']) {
    say.note(`Last lines of ${revision}, ${type}:`);
    const parts = [
      'containerapp',
      'logs',
      'show',
      '-n',
      name,
      '-g',
      resourceGroup,
      '--revision',
      revision,
      '--type',
      type,
      '--tail',
      LOG_LINES,
      '--format',
      'text',
    ];
    try {
      // One after the other, or their lines would mix.
      // oxlint-disable-next-line no-await-in-loop
      await az.streamed(parts);
    } catch (error) {
      if (!(error instanceof AzError)) throw error;
      say.note(`There are none (${error.message}). Later: az ${parts.join(' ')}`);
    }
  }
}
