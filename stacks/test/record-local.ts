/** What stack `local` asks for, recorded. */
import { localSettings } from '../local/settings.ts';
import { record } from './record.ts';
import type { Mocks, Recording } from './record.ts';

const MOCKS: Mocks = {
  stack: 'local',
  types: ['kubernetes:', 'random:'],
  idOf: (_type, name, inputs) => {
    const metadata = (inputs['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
    return [metadata['namespace'], metadata['name'] ?? name].filter(Boolean).join('/');
  },
  computed: (type): Readonly<Record<string, unknown>> =>
    type === 'random:index/randomPassword:RandomPassword' ? { result: 'a-password' } : {},
  call: () => null,
};

/** `envFile` stands for `.env`, so that no file of this machine counts. Rejects with what the program throws. */
export function recordLocal(
  config: Readonly<Record<string, string>>,
  envFile: Readonly<Record<string, string>> = {},
): Promise<Recording> {
  return record(MOCKS, config, async () => {
    // Only now, so that the resources of the program meet the mocks.
    const { localStack } = await import('../local/index.ts');
    return localStack(localSettings(config), envFile);
  });
}
