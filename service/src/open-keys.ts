/** Opens the key file that the configuration names, and tells log and metrics what becomes of it. */
import type { Config } from './config.ts';
import { openKeyStore } from './keys/key-store.ts';
import type { KeyReload, KeyStore } from './keys/key-store.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { KEY_OUTCOMES } from './routes/require-key.ts';

/** Null where everyone may use the service. Throws `KeyFileError`. */
export function openKeys({ keysFile, host }: Config, log: Log, metrics: Metrics): KeyStore | null {
  if (keysFile === null) {
    if (!isLoopback(host)) warnOfOpenDoor(log, host);
    return null;
  }
  const keys = openKeyStore(keysFile, (reload) => tellReload(reload, log, metrics));
  tellSize(keys.size, log, metrics);
  return keys;
}

function warnOfOpenDoor(log: Log, host: string): void {
  log.warn(
    { host },
    'NO API KEYS: whoever reaches this port can use the service. Run make api-key NAME=… and set STT_API_KEYS_FILE, or set HOST=127.0.0.1.',
  );
}

function tellReload(reload: KeyReload, log: Log, metrics: Metrics): void {
  metrics.keyFileReloads.inc({ outcome: reload.outcome });
  if (reload.outcome === 'failed') {
    log.error({ faults: reload.message }, 'the key file is broken; the last good keys stay');
    return;
  }
  tellSize(reload.size, log, metrics);
  for (const key of reload.removed) {
    for (const outcome of KEY_OUTCOMES) metrics.keyRequests.remove({ key, outcome });
  }
}

function tellSize(size: number, log: Log, metrics: Metrics): void {
  metrics.keys.set(size);
  if (size === 0) log.warn({ keys: 0 }, 'the key file holds no key: only probes are answered');
  else log.info({ keys: size }, 'keys read');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
