import { describe, expect, it } from 'vitest';
import { errorLinesQuery, failedShareQuery } from '../../stacks/azure/log-queries.ts';
import { serviceEnvironment } from '../../stacks/azure/service-environment.ts';
import { azureSettings } from '../../stacks/azure/settings.ts';
import { serviceEnvironment as localEnvironment } from '../../stacks/local/service-environment.ts';
import { localSettings } from '../../stacks/local/settings.ts';
import { AZURE_CASES, LOCAL_CASES } from '../../stacks/test/cases.ts';
import { readConfig, unknownVariables } from '../src/config.ts';
import { PATHS } from '../src/contract.ts';
import { runService } from './running-service.ts';

const SURROUNDINGS = {
  speechResourceName: 'stt-speech-ab12cd',
  identityClientId: '33333333-4444-5555-6666-777777777777',
};

describe.each(Object.entries(AZURE_CASES))('the environment that Azure gives (%s)', (_, config) => {
  const settings = azureSettings(config);
  const environment = serviceEnvironment(settings, SURROUNDINGS);

  it('is one that the service takes, to the last variable', () => {
    expect(unknownVariables(environment)).toEqual([]);
    expect(readConfig(environment)).toMatchObject({
      host: '0.0.0.0',
      metricsPort: 9464,
      engine: settings.engine,
      fallbackEngine: settings.fallbackEngine ?? null,
      requestBudgetMs: 230_000,
      shutdownGraceMs: 235_000,
      keysFile: '/run/stt/keys/keys',
      pool: { enabled: true, size: settings.poolSize },
      azure: { endpoint: 'https://stt-speech-ab12cd.cognitiveservices.azure.com' },
    });
  });
});

describe.each(Object.entries(LOCAL_CASES))(
  'the environment that a cluster gives (%s)',
  (_, { config, envFile }) => {
    it('is one that the service takes, to the last variable', () => {
      const settings = localSettings(config);
      const environment = localEnvironment(settings, envFile);
      expect(unknownVariables(environment)).toEqual([]);
      expect(readConfig(environment)).toMatchObject({
        host: '0.0.0.0',
        port: 8000,
        metricsPort: 9464,
        engine: settings.engine,
        pool: { enabled: true, size: settings.poolSize },
      });
    });
  },
);

describe('the log alerts on Azure', () => {
  it('ask for fields and messages that the log has', async () => {
    const running = await runService();
    try {
      await fetch(running.url + PATHS.status);
      await fetch(`${running.url}/nowhere`);
    } finally {
      await running.stop();
    }
    const lines = running.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = lines.filter(({ msg }) => msg === 'request');
    expect(requests.map(({ status }) => status)).toEqual([200, 404]);
    const asked = [failedShareQuery('stt', 20), errorLinesQuery('stt')].flatMap((query) =>
      [...query.matchAll(/\bline\.(\w+)/g)].map(([, field]) => field ?? ''),
    );
    expect(new Set(asked)).toEqual(new Set(['msg', 'status', 'level']));
    for (const field of asked) expect(requests[0]).toHaveProperty(field);
  });
});
