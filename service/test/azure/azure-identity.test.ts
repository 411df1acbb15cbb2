import { describe, expect, it } from 'vitest';
import { wav } from '../../emulator/test-audio.ts';
import { PATHS } from '../../src/contract.ts';
import { until, upload } from '../running-service.ts';
import { startAzureService } from './azure-service.ts';

const ONE_WORKER = { PROCESS_POOL_SIZE: '1' };
const isolated = PATHS.transcriptionsIsolated;

describe('an Azure service', () => {
  it('that gets no token is not ready and says why, and is ready when it gets one', async () => {
    const azure = await startAzureService({
      env: ONE_WORKER,
      rules: [{ fault: 'unauthorized', on: 'identity' }],
      readiness: 503,
    });
    try {
      await until(async () =>
        (await azure.readiness()).text.includes('Check the managed identity'),
      );
      const { status, body } = await upload(azure.url, isolated, wav(1));
      expect({ status, code: body.code }).toEqual({ status: 502, code: 'engine_failed' });
      azure.emulator.clearRules();
      await until(async () => (await azure.readiness()).status === 200);
      expect((await upload(azure.url, isolated, wav(1))).status).toBe(200);
    } finally {
      expect(await azure.stop()).toBe(0);
    }
  });

  it('that gets no token is ready all the same while its fallback can answer', async () => {
    const azure = await startAzureService({
      env: { ...ONE_WORKER, IDENTITY_HEADER: 'wrong', STT_FALLBACK_ENGINE: 'moonshine-tiny' },
    });
    try {
      const { status, body } = await upload(azure.url, isolated, wav(1));
      expect({ status, engine: body.engine }).toEqual({ status: 200, engine: 'moonshine-tiny' });
    } finally {
      expect(await azure.stop()).toBe(0);
    }
  });

  it('takes address and identity from the file .env as well', async () => {
    const azure = await startAzureService({
      env: ONE_WORKER,
      envFile: (emulator) => emulator.env,
    });
    try {
      const { status, body } = await upload(azure.url, isolated, wav(1));
      expect({ status, engine: body.engine }).toEqual({ status: 200, engine: 'azure-speech' });
    } finally {
      expect(await azure.stop()).toBe(0);
    }
  });

  it('asks with the client id that it is given', async () => {
    const clientId = '8a4c7f0e-9d7b-4c3e-8f5a-2b6d1e0f9a7c';
    const azure = await startAzureService({
      env: { ...ONE_WORKER, AZURE_CLIENT_ID: clientId },
      emulator: { clientId },
    });
    try {
      expect((await upload(azure.url, isolated, wav(1))).status).toBe(200);
    } finally {
      expect(await azure.stop()).toBe(0);
    }
  });
});
