/** What the service says of itself, as the few figures that a measurement follows. */
import { PATHS } from '../../service/src/contract.ts';
import { at, listAt, numberAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';

const TIMEOUT_MS = 2000;
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_SHOWN_CHARACTERS = 200;

/** Sums over the pools of all engines. */
export interface ServiceStatus {
  /** Resident bytes of the server process. */
  readonly parentBytes: number;
  /** Resident bytes of the worker processes together. */
  readonly workersBytes: number;
  readonly workers: number;
  readonly busy: number;
  readonly queueDepth: number;
  /** Workers replaced on purpose since the start. */
  readonly recycles: number;
  /** Workers that ended by themselves since the start. */
  readonly crashes: number;
}

/** `statusUrl` such as http://127.0.0.1:8000/status. Throws `Refusal` for an answer that is none of the service's. */
export async function readStatus(
  statusUrl: string,
  headers: Readonly<Record<string, string>> = {},
  timeoutMs = TIMEOUT_MS,
): Promise<ServiceStatus> {
  const { status, text } = await answerOf(statusUrl, headers, timeoutMs);
  if (status === 401 || status === 403) {
    throw new Refusal(`${statusUrl} answered ${status}: it needs a key. Type API_KEY=… behind it.`);
  }
  const parsed = status === 200 ? parseStatus(text) : null;
  if (parsed !== null) return parsed;
  const shown = text.slice(0, MAX_SHOWN_CHARACTERS);
  throw new Refusal(
    `${statusUrl} answered ${status} with something else than this service's status: ${shown}. Is the address right, with ${PATHS.status} at its end?`,
  );
}

async function answerOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const answer = await fetch(url, {
      headers: { ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, text: await limitedText(answer) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${url} does not answer within ${timeoutMs} ms: ${why}. Is the service running?`,
      {
        cause: error,
      },
    );
  }
}

/** What is longer is cut, and is then no JSON. */
async function limitedText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BODY_BYTES) break;
  }
  return text;
}

/** Null where the text is no status of this service. */
export function parseStatus(text: string): ServiceStatus | null {
  const status = jsonOrNull(text);
  const parentBytes = numberAt(status, 'memory', 'parent_bytes');
  const pools = at(status, 'pools');
  if (parentBytes === null || typeof pools !== 'object' || pools === null) return null;
  const all = Object.values(pools).map(poolFigures);
  const figures = all.filter((each) => each !== null);
  if (figures.length < all.length) return null;
  const sum = (of: (pool: PoolFigures) => number) =>
    figures.reduce((total, each) => total + of(each), 0);
  return {
    parentBytes,
    workersBytes: sum((pool) => pool.workersBytes),
    workers: sum((pool) => pool.workers),
    busy: sum((pool) => pool.busy),
    queueDepth: sum((pool) => pool.queueDepth),
    recycles: sum((pool) => pool.recycles),
    crashes: sum((pool) => pool.crashes),
  };
}

type PoolFigures = Omit<ServiceStatus, 'parentBytes'>;

function poolFigures(pool: unknown): PoolFigures | null {
  const busy = numberAt(pool, 'states', 'busy');
  const queueDepth = numberAt(pool, 'queue', 'depth');
  const recycles = total(at(pool, 'counters', 'recycles'));
  const crashes = total(at(pool, 'counters', 'crashes'));
  const workers = listAt(pool, 'workers');
  if (busy === null || queueDepth === null || recycles === null || crashes === null) return null;
  return {
    // A worker that starts has said nothing about its memory yet.
    workersBytes: workers.reduce<number>(
      (bytes, worker) => bytes + (numberAt(worker, 'memory_bytes') ?? 0),
      0,
    ),
    workers: workers.length,
    busy,
    queueDepth,
    recycles,
    crashes,
  };
}

/** Of counters by reason or signal. */
function total(counters: unknown): number | null {
  if (typeof counters !== 'object' || counters === null) return null;
  return Object.values(counters).reduce<number>(
    (sum, count) => sum + (typeof count === 'number' ? count : 0),
    0,
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
