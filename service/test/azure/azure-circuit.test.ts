import { afterEach, describe, expect, it } from 'vitest';
import { wav } from '../../emulator/test-audio.ts';
import { PATHS } from '../../src/contract.ts';
import { metric, upload } from '../running-service.ts';
import { startAzureService } from './azure-service.ts';
import type { AzureService } from './azure-service.ts';

const isolated = PATHS.transcriptionsIsolated;
const FAILURES_IN_A_ROW = 5;
let azure: AzureService;

afterEach(async () => {
  expect(await azure.stop()).toBe(0);
});

const asked = () =>
  Object.values(azure.emulator.counts.speech).reduce((sum, count) => sum + count, 0);
const circuit = () => metric(azure.url, 'stt_engine_circuit_open{engine="azure-speech"}');

/** Azure refuses the identity, which is not tried again, until the circuit is open. */
async function openCircuit(): Promise<void> {
  azure.emulator.addRule({ fault: 'forbidden', on: 'speech' });
  for (let request = 0; request < FAILURES_IN_A_ROW; request += 1) {
    await upload(azure.url, isolated, wav(1));
  }
}

describe('an Azure that goes on failing', () => {
  it('is not asked while its circuit is open: the fallback answers and readiness stays green', async () => {
    azure = await startAzureService({
      env: { PROCESS_POOL_SIZE: '1', STT_FALLBACK_ENGINE: 'moonshine-tiny' },
    });
    await openCircuit();
    const before = asked();
    expect(before).toBe(FAILURES_IN_A_ROW);
    const { status, headers } = await upload(azure.url, isolated, wav(1));
    expect(status).toBe(200);
    expect(headers.get('x-stt-engine')).toBe('moonshine-tiny');
    expect(asked()).toBe(before);
    expect(await circuit()).toBe(1);
    expect((await azure.readiness()).status).toBe(200);
  });

  it('turns readiness red where nobody stands in, and is used again once it is back', async () => {
    azure = await startAzureService({ env: { PROCESS_POOL_SIZE: '1' } });
    await openCircuit();
    const readiness = await azure.readiness();
    expect(readiness.status).toBe(503);
    expect(readiness.text).toContain('azure-speech goes on failing');
    const { status, body, headers } = await upload(azure.url, isolated, wav(1));
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'engine_unavailable' });
    azure.emulator.clearRules();
    await Bun.sleep(Number(headers.get('retry-after')) * 1000);
    expect((await azure.readiness()).status).toBe(200);
    expect((await upload(azure.url, isolated, wav(1))).status).toBe(200);
    expect(await circuit()).toBe(0);
  });
});
