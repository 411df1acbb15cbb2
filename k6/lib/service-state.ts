/** What the service says of itself before and after a run. */
import exec from 'k6/execution';
import http from 'k6/http';
import { PATHS } from '../../service/src/contract.ts';
import type { Settings } from './settings.ts';
import { authorization } from './upload.ts';

/** Ends the test, with a sentence, where the service is not ready. */
export function requireReady(settings: Settings): void {
  const { status, error, body } = get(settings.baseUrl + PATHS.readiness, settings);
  if (status === 200) return;
  const why = status === 0 ? error : `${status}: ${String(body)}`;
  exec.test.abort(`${settings.baseUrl} is not ready for a load test (${why}). BASE_URL names it.`);
}

/** Worker processes replaced so far; ends the test where the status page cannot be read. */
export function countRecycles(settings: Settings): number {
  const { status, body } = get(settings.statusUrl, settings);
  const recycles = status === 200 ? recyclesIn(String(body)) : null;
  if (recycles === null) {
    exec.test.abort(
      `${settings.statusUrl} shows no status (${status}), and mode recycle counts recycles there. STATUS_URL names it; with METRICS_PORT set it is on that port.`,
    );
  }
  return recycles ?? 0;
}

function get(url: string, settings: Settings) {
  return http.get(url, {
    headers: authorization(settings),
    tags: { name: 'preflight' },
    timeout: '10s',
    responseType: 'text',
  });
}

interface Status {
  readonly pools?: Readonly<
    Record<string, { readonly counters?: { readonly recycles?: Readonly<Record<string, number>> } }>
  >;
}

function recyclesIn(body: string): number | null {
  try {
    const { pools } = JSON.parse(body) as Status;
    if (pools === undefined) return null;
    return Object.values(pools)
      .flatMap(({ counters }) => Object.values(counters?.recycles ?? {}))
      .reduce((sum, count) => sum + count, 0);
  } catch {
    return null;
  }
}
