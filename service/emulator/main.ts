/** The stand-alone emulator: `make azure-emulator`. Prints what the service needs to find it, stays until Ctrl-C. */
import { createEmulator } from './index.ts';
import type { Emulator } from './index.ts';
import { readSettings } from './settings.ts';

const emulator = startOrExit();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void emulator.stop().then(() => process.exit(0)));
}

console.log(
  `The Azure emulator listens on ${emulator.url}. Paste this where the service starts:\n`,
);
for (const [name, value] of Object.entries(emulator.env)) console.log(`export ${name}=${value}`);
console.log('\nand start it:\n\nSTT_ENGINE=azure-speech make start\n');
console.log(`Counts: curl ${emulator.url}/emulator`);
console.log(`Faults: curl ${emulator.url}/emulator/faults -d '{"fault":"throttled","times":3}'`);

function startOrExit(): Emulator {
  try {
    return createEmulator(readSettings());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
