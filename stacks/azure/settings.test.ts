import { describe, expect, it } from 'vitest';
import { AZURE_CASES } from '../test/cases.ts';
import { complaint, readExample } from '../test/settings.ts';
import { azureSettings } from './settings.ts';

const LOCATION = { 'azure-native:location': 'swedencentral' };
const settings = (stt: Record<string, string> = {}) =>
  azureSettings({
    ...LOCATION,
    ...Object.fromEntries(Object.entries(stt).map(([key, value]) => [`stt:${key}`, value])),
  });

describe('the settings of stack azure', () => {
  it('need a region and nothing else', () => {
    expect(settings()).toMatchObject({
      location: 'swedencentral',
      name: 'stt',
      engine: 'azure-speech',
      poolSize: 12,
      size: { cpu: 1, memory: 2 },
      minReplicas: 1,
      maxReplicas: 3,
      prometheus: false,
      principalType: 'User',
      alertEmails: [],
      env: {},
    });
    expect(complaint(() => azureSettings({}))).toContain('azure-native:location is missing');
  });

  it('are all in the example, with their defaults', () => {
    const { text, raw } = readExample('azure');
    expect(azureSettings(raw)).toEqual(settings());
    const known = /known are (.*)/.exec(complaint(() => settings({ nothing: 'x' })))?.[1] ?? '';
    for (const key of known.split(', ')) expect(text).toContain(`stt:${key}:`);
  });

  it('take a region as the portal writes it', () => {
    expect(azureSettings({ 'azure-native:location': 'Sweden Central' }).location).toBe(
      'swedencentral',
    );
  });

  it.each(Object.entries(AZURE_CASES))('take the case %s', (_name, config) => {
    expect(() => azureSettings(config)).not.toThrow();
  });

  it('report every fault at once, with key, value and what is allowed', () => {
    const text = complaint(() =>
      azureSettings({
        'stt:name': 'My App',
        'stt:cpu': 'lots',
        'stt:minReplica': '1',
        'stt:prometheus': 'yes',
      }),
    );
    expect(text).toContain('has 5 fault(s)');
    expect(text).toContain('stt:name=My App: must be 2 to 10 lower-case letters and digits');
    expect(text).toContain('stt:cpu=lots: must be cores such as 1 or 0.5');
    expect(text).toContain('stt:minReplica: there is no such key; known are name, image,');
    expect(text).toContain('stt:prometheus=yes: must be true or false');
    expect(text).toContain('azure-native:location is missing');
    expect(text).toContain('pulumi config set -s azure');
  });

  it.each<readonly [Record<string, string>, string]>([
    [{ cpu: '1', memory: '3Gi' }, '1 cores go with 2Gi of memory, not with 3Gi'],
    [{ cpu: '0.3', memory: '0.6Gi' }, '0.3 cores cannot be: 0.25 to 4 in steps of 0.25'],
    [{ cpu: '4', memory: '8Gi', prometheus: 'true' }, 'the agent takes 0.25 of the 4 cores'],
    [{ poolSize: '40' }, 'so many workers of azure-speech need 4550 MiB, 2Gi leave 1843'],
    [
      { engine: 'moonshine-base', poolSize: '12' },
      'so many workers of moonshine-base need 2070 MiB',
    ],
    [
      { poolSize: '15', fallbackEngine: 'moonshine-base' },
      'so many workers of azure-speech with moonshine-base behind need 1960 MiB',
    ],
    [{ minReplicas: '5' }, 'stt:minReplicas=5: must not exceed stt:maxReplicas=3'],
    [{ fallbackEngine: 'azure-speech' }, 'must differ from stt:engine'],
    [{ image: 'a.azurecr.io/stt' }, 'stt:image=a.azurecr.io/stt: must be a full reference'],
    [{ image: 'a.azurecr.io/stt:1' }, 'stt:apiKeys is missing'],
    [{ apiKeys: '# none' }, 'stt:apiKeys: it holds no key'],
    [{ env: '{"PORT":"1"}' }, 'stt:env: PORT is set by the stack itself'],
    [{ env: 'LOG_LEVEL=debug' }, 'must be an object of variables'],
    [{ allowedAddresses: '10.0.0.0/33' }, 'must be IPv4 addresses or networks'],
    [{ alertEmails: 'nobody' }, 'must be e-mail addresses'],
  ])('refuse %j', (config, sentence) => {
    expect(complaint(() => settings(config))).toContain(sentence);
  });

  it('do not repeat a key that stands where its hash belongs', () => {
    const key = `stt_${'k'.repeat(43)}`;
    const text = complaint(() => settings({ apiKeys: `first:${key}` }));
    expect(text).toContain('line 1 must be name:sha256[:limit]');
    expect(text).not.toContain(key);
  });

  it('give a computing engine a worker a core, and take an empty value for none', () => {
    const computed = settings({ engine: 'moonshine-base', cpu: '2', memory: '4Gi', poolSize: '' });
    expect(computed.poolSize).toBe(2);
  });
});
