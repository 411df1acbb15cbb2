import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import type { EngineId } from './contract.ts';
import { createEngineLimits } from './engine-limits.ts';
import { createMetrics } from './metrics.ts';
import { refreshCircuitGauges } from './pool-metrics.ts';
import type { Runners } from './runners/index.ts';
import type { RunResult } from './transcription/runner.ts';

const RESULT: RunResult = {
  queueMs: 0,
  reply: { segments: [], language: 'en', audioSeconds: 1, decodeMs: 0, transcribeMs: 1 },
};

/** How many of ten calls made together run at once, and how many are refused. */
async function tenCalls(engine: EngineId, env: Record<string, string>) {
  const resilienceOf = createEngineLimits(readConfig({ PROCESS_QUEUE_SIZE: '10', ...env }));
  let running = 0;
  let together = 0;
  const calls = Array.from({ length: 10 }, () =>
    resilienceOf(engine)
      .run(
        async () => {
          running += 1;
          together = Math.max(together, running);
          await new Promise((resolve) => setTimeout(resolve, 2));
          running -= 1;
          return RESULT;
        },
        {
          signal: new AbortController().signal,
          endsAt: Date.now() + 100,
          renewToken: () => false,
        },
      )
      .then(
        () => false,
        () => true,
      ),
  );
  const refused = (await Promise.all(calls)).filter(Boolean).length;
  return { together, refused };
}

describe('the limits of an engine', () => {
  const azure = {
    STT_AZURE_SPEECH_RESOURCE_NAME: 'speech',
    STT_AZURE_CONCURRENCY: '4',
    STT_AZURE_FAST_REQUESTS_PER_MINUTE: '6',
  };

  it("are Azure's places for both of its engines, and its rate for the fast one", async () => {
    expect(await tenCalls('azure-speech', azure)).toEqual({ together: 4, refused: 0 });
    expect(await tenCalls('azure-fast', azure)).toEqual({ together: 4, refused: 4 });
  });

  it('are none on this host', async () => {
    expect(await tenCalls('moonshine-base', azure)).toEqual({ together: 10, refused: 0 });
  });

  it('are none where fewer can run than may: waiting is left to the queues of the places', async () => {
    const small = {
      ...azure,
      PROCESS_POOL_SIZE: '1',
      STT_THREADS: '1',
      STT_AZURE_CONCURRENCY: '3',
    };
    expect(await tenCalls('azure-speech', small)).toEqual({ together: 10, refused: 0 });
  });
});

describe('the gauge of a circuit', () => {
  it.each([
    ['requests go on failing', 5, false, 1],
    ['its processes do not start', null, true, 1],
    ['all is well', null, false, 0],
  ])('says what it should when %s', async (_name, seconds, circuitOpen, value) => {
    const metrics = createMetrics();
    const pools = new Map([['azure-speech', { circuitOpen }]]);
    const runners = { pools: () => pools } as unknown as Runners;
    refreshCircuitGauges(metrics, runners, ['azure-speech'], () => seconds);
    expect(await metrics.registry.metrics()).toContain(
      `stt_engine_circuit_open{engine="azure-speech"} ${value}`,
    );
  });
});
