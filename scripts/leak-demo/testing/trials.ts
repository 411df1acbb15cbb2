/** Trials as they could have been, for what is computed and drawn from them. */
import type { RequestRecord } from '../load.ts';
import type { MemorySample } from '../memory.ts';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

export const MB = 1024 * 1024;

export function scenario(changes: Partial<Scenario> = {}): Scenario {
  return {
    part: 'simulated',
    requests: 20,
    clients: 2,
    maxSeconds: 60,
    limitBytes: 3072 * MB,
    neededBytes: 6144 * MB,
    env: { STT_ENGINE: 'moonshine-tiny', STT_FAULTS: 'leak:260MB' },
    ...changes,
  };
}

export function memory(serverMb: number, workersMb = 400): MemorySample {
  return {
    serverRssBytes: serverMb * MB,
    workersRssBytes: workersMb * MB,
    totalPssBytes: (serverMb + workersMb - 50) * MB,
    workers: 2,
  };
}

/** One that is over after each second; the server grows by so much in each. */
export function trial(changes: Partial<Trial> = {}, growthMb = 0): Trial {
  return {
    endpoint: 'isolated',
    planned: 20,
    requests: Array.from({ length: 20 }, (_, index) => request(index + 1)),
    samples: Array.from({ length: 21 }, (_, second) => ({
      atMs: second * 1000,
      value: memory(100 + second * growthMb),
    })),
    durationMs: 20_000,
    limitKind: 'watcher',
    death: null,
    recycles: 3,
    crashes: 0,
    ...changes,
  };
}

export function request(number: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    number,
    client: 1,
    sentMs: (number - 1) * 1000,
    endedMs: number * 1000,
    outcome: 'answered',
    status: 200,
    ...changes,
  };
}

/** Killed at the limit with its tenth request in flight. */
export function deadTrial(): Trial {
  return trial(
    {
      endpoint: 'threads',
      requests: [
        ...Array.from({ length: 9 }, (_, index) => request(index + 1)),
        request(10, { outcome: 'lost', status: null, endedMs: 9500 }),
      ],
      samples: [
        ...Array.from({ length: 10 }, (_, second) => ({
          atMs: second * 1000,
          value: memory(100 + second * 260),
        })),
        // Taken while it died, and after.
        { atMs: 9400, value: null },
        { atMs: 10_000, value: null },
      ],
      durationMs: 9600,
      death: {
        atMs: 9500,
        afterRequests: 9,
        byLimit: true,
        how: 'SIGKILL',
        bytesAtLimit: 3100 * MB,
      },
      recycles: null,
      crashes: null,
    },
    260,
  );
}
