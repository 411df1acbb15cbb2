/** What each part is, in sentences that say which of it is real and which is simulated. */
import { readable } from '../charts/quantity.ts';
import type { LimitKind } from '../measure/running-service.ts';
import type { Scenario } from './scenario.ts';

export interface Wording {
  readonly title: string;
  /** For beneath the picture's title. */
  readonly short: string;
  readonly long: string;
}

/** `limitKind` is how the limit was kept. */
export function wordingOf(scenario: Scenario, limitKind: LimitKind | null): Wording {
  const { env, limitBytes } = scenario;
  const engine = env['STT_ENGINE'] ?? '';
  const leak = env['STT_FAULTS'] ?? '';
  const load = loadOf(scenario);
  if (limitBytes === null) {
    return {
      title: `Real: memory with ${engine} as it is`,
      short: `No fault is simulated and no limit is set. ${load}`,
      long: `The service runs ${engine} without faults and without a limit of memory: the curves show what it really takes and keeps. The first requests load the engine into the endpoint's threads, which is the rise at the beginning; the worker processes of the isolated endpoint wait meanwhile, and are counted. ${load}`,
    };
  }
  const limit = readable(limitBytes, 'bytes');
  return {
    title: `Simulated leak: ${leak.replace(/^leak:(\d+)/, '$1 ')} a request, within ${limit}`,
    short: `The leak is simulated (STT_FAULTS=${leak}), memory and deaths are real. ${load} ${shortLimit(limitKind)}`,
    long: `The leak is simulated: STT_FAULTS=${leak} makes each request allocate, fill and keep native memory. What follows from it is real: the memory, the answers, the death. ${load} ${longLimit(limitKind, limit)}`,
  };
}

function loadOf({ clients, requests }: Scenario): string {
  const who = clients === 1 ? '1 client sends' : `${clients} clients send`;
  return `${who} ${requests} requests to each endpoint, each client one after the other.`;
}

function shortLimit(kind: LimitKind | null): string {
  return kind === 'systemd-scope'
    ? 'The kernel keeps the limit.'
    : 'A watcher of this demonstration keeps the limit, as a kernel would.';
}

function longLimit(kind: LimitKind | null, limit: string): string {
  return kind === 'systemd-scope'
    ? `The kernel kept the limit: systemd had put server and workers into a scope with MemoryMax=${limit} and no swap.`
    : `This demonstration kept the limit itself, as no scope of systemd could be made here: it added up the resident memory of server and workers twenty times a second, shared pages counted in each, and killed them all with SIGKILL when that passed ${limit}. The memory controller of a container does the same, and counts shared pages once.`;
}
