import { describe, expect, it } from 'vitest';
import { unreadyReason } from './readiness.ts';
import type { ReadinessFacts } from './readiness.ts';

const FACTS: ReadinessFacts = {
  engine: 'azure-speech',
  fallbackEngine: null,
  runnerReason: () => null,
  tokenReason: () => null,
  openSeconds: () => null,
};
const azureOnly =
  <T>(value: T) =>
  (engine: string) =>
    engine === 'azure-speech' ? value : null;

const FAULTS: readonly (readonly [string, Partial<ReadinessFacts>, RegExp])[] = [
  ['a worker', { runnerReason: azureOnly('No worker is ready yet.') }, /No worker/],
  ['a token', { tokenReason: azureOnly('No access token.') }, /No access token/],
  ['a closed circuit', { openSeconds: azureOnly(7.2) }, /azure-speech .* again in 8 s/],
];

describe('the service', () => {
  it('is ready when its default engine is', () => {
    expect(unreadyReason(FACTS)).toBeNull();
    const fallbackBroken = (engine: string) => (engine === 'azure-speech' ? null : 'Broken.');
    expect(
      unreadyReason({ ...FACTS, fallbackEngine: 'moonshine-base', runnerReason: fallbackBroken }),
    ).toBeNull();
  });

  it.each(FAULTS)('is not ready without %s', (_name, fault, sentence) => {
    expect(unreadyReason({ ...FACTS, ...fault })).toMatch(sentence);
  });

  it.each(FAULTS)('is ready without %s while the fallback can serve', (_name, fault) => {
    expect(unreadyReason({ ...FACTS, ...fault, fallbackEngine: 'moonshine-base' })).toBeNull();
  });

  it.each(FAULTS)('names the lack of %s when the fallback cannot serve either', (...row) => {
    const [, fault, sentence] = row;
    const facts: ReadinessFacts = { ...FACTS, ...fault, fallbackEngine: 'moonshine-base' };
    const reason = unreadyReason({
      ...facts,
      runnerReason: (engine) =>
        facts.runnerReason(engine) ?? (engine === 'azure-speech' ? null : 'Broken.'),
    });
    expect(reason).toMatch(sentence);
  });
});
