import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textFor } from '../../emulator/index.ts';
import { wav } from '../../emulator/test-audio.ts';
import { PATHS } from '../../src/contract.ts';
import type { EngineId } from '../../src/contract.ts';
import { metric, sample, sampleBytes, until, upload } from '../running-service.ts';
import { startAzureService } from './azure-service.ts';
import type { AzureService } from './azure-service.ts';
import { FAULT_TABLE, layFaults } from './fault-table.ts';
import type { Expected } from './fault-table.ts';

const IN_FLIGHT = 200;
const LOCALE = 'en-US';
const ENGINES = ['azure-speech', 'azure-fast'] as const;
const isolated = PATHS.transcriptionsIsolated;
const ENV = {
  STT_LANGUAGES: LOCALE,
  PROCESS_POOL_SIZE: '12',
  STT_THREADS: '2',
  // Azure's silence is noticed after 4 s.
  PROCESS_TIMEOUT: '5',
};

/** No two requests of a run have the same length, so that no two have the same text. */
const lengthOf = (index: number) => 1 + index / 100;

function faultsOf(engine: EngineId): Expected[] {
  return FAULT_TABLE.filter(({ only }) => only === undefined || engine === 'azure-speech');
}

const SLOW_LOCALE = FAULT_TABLE.find(({ fault }) => fault === 'slow')?.locale ?? '';

async function workersOf({ url }: AzureService): Promise<{ pid: number; state: string }[]> {
  const { pools } = (await (await fetch(url + PATHS.status)).json()) as {
    pools: Record<string, { workers: { pid: number; state: string }[] }>;
  };
  return Object.values(pools).flatMap(({ workers }) => workers);
}

/** Sends a request that meets the fault; gives the row of the table that it turned out to be. */
async function meet(url: string, route: string, fault: Expected, fields: Record<string, string>) {
  const { status, body, headers } = await upload(url, route, wav(2.5), {
    language: fault.locale,
    ...fields,
  });
  return {
    fault: fault.fault,
    status,
    ...(status !== 200 && { code: body.code }),
    ...(headers.has('retry-after') && { retryAfter: true }),
  };
}

const rowOf = ({ fault, status, code, retryAfter }: Expected) => ({
  fault,
  status,
  ...(code !== undefined && { code }),
  ...(retryAfter !== undefined && { retryAfter }),
});

describe('with Azure failing in every way it can', () => {
  let azure: AzureService;

  beforeAll(async () => {
    azure = await startAzureService({ env: { ...ENV, STT_ENGINES: ENGINES.join(',') } });
    layFaults(azure.emulator);
  });

  afterAll(async () => {
    expect(await azure.stop()).toBe(0);
    const written = azure.written();
    expect(azure.emulator.tokens.length).toBeGreaterThan(0);
    expect(azure.emulator.tokens.filter((token) => written.includes(token))).toEqual([]);
    expect(written).not.toContain(azure.emulator.env['IDENTITY_HEADER']);
    expect(written).not.toContain('Part one in');
  });

  it('a worker that is killed with a token in hand costs no answer, and its token is in no log', async () => {
    const slow = upload(azure.url, isolated, wav(2.5), { language: SLOW_LOCALE });
    await until(async () => {
      const busy = (await workersOf(azure)).find(({ state }) => state === 'busy');
      if (busy !== undefined) process.kill(busy.pid, 'SIGKILL');
      return busy !== undefined;
    });
    const { status, body } = await slow;
    expect({ status, text: body.text }).toEqual({ status: 200, text: textFor(2.5, SLOW_LOCALE) });
    await until(() => azure.written().includes('a worker process crashed'));
  });

  it.each(ENGINES)(
    `%s: of ${IN_FLIGHT} in flight on 12 workers, one in ten meets a fault and gets its status, the others their text`,
    async (engine) => {
      const faults = faultsOf(engine);
      const answers = await Promise.all(
        Array.from({ length: IN_FLIGHT }, async (_, index) => {
          const fault = index % 10 === 0 ? faults[(index / 10) % faults.length] : undefined;
          if (fault !== undefined) {
            expect(await meet(azure.url, isolated, fault, { engine })).toEqual(rowOf(fault));
            return 'faulted';
          }
          const { status, body } = await upload(azure.url, isolated, wav(lengthOf(index)), {
            engine,
            language: LOCALE,
          });
          expect(body.text).toBe(textFor(lengthOf(index), LOCALE));
          expect(status).toBe(200);
          return 'ok';
        }),
      );
      expect(answers.filter((answer) => answer === 'faulted')).toHaveLength(IN_FLIGHT / 10);
      expect(answers.filter((answer) => answer === 'ok')).toHaveLength((IN_FLIGHT / 10) * 9);
      await until(() => azure.emulator.openConnections === 0);
    },
    60_000,
  );

  /** Azure answers: a circuit that the failures before have opened is closed again. */
  const healthy = (engine: EngineId) =>
    until(async () => (await upload(azure.url, isolated, wav(1), { engine })).status === 200);

  it.each([
    ['that is not tried again', (fault: Expected) => !fault.retried],
    ['that is tried again', (fault: Expected) => fault.retried],
  ])(
    'each fault %s has its status on the routes inside the server too',
    async (_name, chosen) => {
      await Promise.all(ENGINES.map(healthy));
      const meetings = [PATHS.transcriptions, PATHS.transcriptionsSync].flatMap((route) =>
        ENGINES.flatMap((engine) =>
          faultsOf(engine)
            .filter(chosen)
            .map((fault) => ({ route, engine, fault })),
        ),
      );
      const rows = await Promise.all(
        meetings.map(async ({ route, engine, fault }) => ({
          route,
          engine,
          ...(await meet(azure.url, route, fault, { engine })),
        })),
      );
      expect(rows).toEqual(
        meetings.map(({ route, engine, fault }) => ({ route, engine, ...rowOf(fault) })),
      );
    },
    60_000,
  );
});

describe.each(ENGINES)('with a fallback behind %s', (engine) => {
  it(`all ${IN_FLIGHT} in flight are answered, one in ten by the fallback, and the answer says by whom`, async () => {
    const azure = await startAzureService({
      env: { ...ENV, STT_ENGINE: engine, STT_FALLBACK_ENGINE: 'moonshine-tiny' },
    });
    try {
      layFaults(azure.emulator);
      const faults = faultsOf(engine);
      const speech = sample('wav');
      const answers = await Promise.all(
        Array.from({ length: IN_FLIGHT }, async (_, index) => {
          const fault = index % 10 === 0 ? faults[(index / 10) % faults.length] : undefined;
          const { status, body } = await upload(
            azure.url,
            isolated,
            fault === undefined ? wav(lengthOf(index)) : sampleBytes(speech),
            { language: fault?.locale ?? LOCALE },
          );
          expect(status).toBe(200);
          const spoke = fault === undefined || fault.status === 200 ? engine : 'moonshine-tiny';
          expect(body.engine).toBe(spoke);
          if (fault === undefined) expect(body.text).toBe(textFor(lengthOf(index), LOCALE));
          else if (spoke !== engine) expect(body.text).toContain('train');
          return body.engine;
        }),
      );
      const fallbacks = answers.filter((spoke) => spoke !== engine).length;
      expect(fallbacks).toBeGreaterThan(10);
      expect(
        await metric(azure.url, `stt_engine_fallbacks_total{from="${engine}",to="moonshine-tiny"}`),
      ).toBe(fallbacks);
      expect((await azure.readiness()).status).toBe(200);
    } finally {
      expect(await azure.stop()).toBe(0);
    }
  }, 60_000);
});
