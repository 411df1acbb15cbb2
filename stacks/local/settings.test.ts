import { describe, expect, it } from 'vitest';
import { complaint, readExample } from '../test/settings.ts';
import { localSettings } from './settings.ts';

const settings = (stt: Record<string, string> = {}) =>
  localSettings(
    Object.fromEntries(
      Object.entries({ image: 'stt:dev', ...stt }).map(([key, value]) => [`stt:${key}`, value]),
    ),
  );

describe('the settings of stack local', () => {
  it('need an image and nothing else', () => {
    expect(settings()).toMatchObject({
      engine: 'moonshine-base',
      replicas: 1,
      cpu: 2,
      memory: 6,
      poolSize: 2,
      nodePort: 30654,
      monitoring: true,
    });
    expect(complaint(() => localSettings({}))).toContain('stt:image=: must be a reference');
  });

  it('are all in the example, with their defaults', () => {
    const { text, raw } = readExample('local');
    expect(localSettings(raw)).toEqual(settings());
    const known = /known are (.*)/.exec(complaint(() => settings({ nothing: 'x' })))?.[1] ?? '';
    for (const key of known.split(', ')) expect(text).toContain(`stt:${key}:`);
  });

  it.each<readonly [Record<string, string>, string]>([
    [{ image: 'stt' }, 'stt:image=stt: must be a reference with a tag'],
    [{ replicas: '0' }, 'stt:replicas=0: must be 1 to 99, or auto'],
    [{ memory: '512Mi' }, 'stt:memory=512Mi: must be memory such as 6Gi'],
    [{ poolSize: '60' }, 'so many workers of moonshine-base need 9750 MiB, stt:memory gives 6144'],
    [{ fallbackEngine: 'moonshine-base' }, 'must differ from stt:engine'],
    [{ nodePort: '80' }, 'must be a whole number from 30000 to 32767'],
    [{ env: '{"STT_FAULTS":"leak:1MB"}' }, 'stt:env: STT_FAULTS is set by the stack itself'],
    [{ apiKeys: 'first:stt_key' }, 'stt:apiKeys: line 1 must be name:sha256[:limit]'],
    [{ monitoring: 'no' }, 'stt:monitoring=no: must be true or false'],
  ])('refuse %j', (config, sentence) => {
    expect(complaint(() => settings(config))).toContain(sentence);
  });

  it('leave the number of pods open for auto', () => {
    expect(settings({ replicas: 'auto' }).replicas).toBeNull();
  });
});
