/** Puts our boards into a Grafana through its HTTP API; what is there under the same uid is replaced. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dashboards/dist');
const FOLDER = { uid: 'stt', title: 'Speech to text' };
const REQUEST_MS = 30_000;

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly [key: string]: unknown;
}

export interface Grafana {
  /** Without a slash at its end. */
  readonly url: string;
  /** Value of the header: `Bearer …` or `Basic …`. */
  readonly authorization: string;
}

/** The message is a sentence that says what to do. */
export class GrafanaError extends Error {
  override readonly name = 'GrafanaError';
}

/** The boards of dashboards/dist. */
export function distBoards(directory: string = DIST): readonly Board[] {
  return [...new Bun.Glob('*.json').scanSync(directory)]
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Board);
}

/** Gives the address of each board that is there now. Throws `GrafanaError`; boards pushed before it stay. */
export async function pushBoards(
  grafana: Grafana,
  boards: readonly Board[],
): Promise<readonly string[]> {
  const folder = await call(grafana, '/api/folders', FOLDER);
  // 409 and 412 say that it is there: versions of Grafana differ in which.
  if (!folder.ok && folder.status !== 409 && folder.status !== 412) {
    throw await refusal(grafana, folder, `the folder ${FOLDER.title}`);
  }
  const addresses: string[] = [];
  for (const board of boards) {
    const answer = await call(grafana, '/api/dashboards/db', {
      // The id belongs to one Grafana, the uid to the board.
      dashboard: { ...board, id: null },
      folderUid: FOLDER.uid,
      overwrite: true,
    });
    if (!answer.ok) throw await refusal(grafana, answer, `the board ${board.title}`);
    const { url } = (await answer.json()) as { url?: string };
    addresses.push(grafana.url + (url ?? `/d/${board.uid}`));
  }
  return addresses;
}

async function call({ url, authorization }: Grafana, path: string, body: object) {
  try {
    return await fetch(url + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A sign-in page that answers with 200 would look like success.
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  } catch (error) {
    throw new GrafanaError(
      `Grafana does not answer on ${url} (${(error as Error).message}). Is the address right, and is it running?`,
    );
  }
}

async function refusal(grafana: Grafana, answer: Response, what: string): Promise<GrafanaError> {
  const text = await answer.text();
  const { status } = answer;
  if (status === 401 || (status >= 300 && status < 400)) {
    return new GrafanaError(
      `${grafana.url} does not know who asks (${status}): the token or password is wrong or has expired.`,
    );
  }
  if (status === 403) {
    return new GrafanaError(
      `${grafana.url} does not let you write ${what} (403): the role Editor or Admin is needed.`,
    );
  }
  return new GrafanaError(`${grafana.url} refused ${what}: ${status} ${text.slice(0, 300)}`);
}
