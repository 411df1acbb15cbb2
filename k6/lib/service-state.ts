/** What the service says of itself before and after a run. */
import exec from 'k6/execution';
import http from 'k6/http';
import { PATHS } from '../../service/src/contract.ts';
import type { Settings } from './settings.ts';
import { authorization } from './upload.ts';

/** Ends the test, with a sentence, where a service is not ready. */
export function requireReady(settings: Settings): void {
  for (const baseUrl of settings.baseUrls) {
    const { status, error, body } = get(baseUrl + PATHS.readiness, settings);
    if (status === 200) continue;
    const why = status === 0 ? error : `${status}: ${String(body)}`;
    exec.test.abort(`${baseUrl} is not ready for a load test (${why}). BASE_URL names it.`);
  }
}

/** Worker processes replaced so far; ends the test where a status page cannot be read. */
export function countRecycles(settings: Settings): number {
  let sum = 0;
  for (const statusUrl of settings.statusUrls) {
    const { status, body } = get(statusUrl, settings);
    const recycles = status === 200 ? recyclesIn(String(body)) : null;
    if (recycles === null) {
      exec.test.abort(
        `${statusUrl} shows no status (${status}), and mode recycle counts recycles there. STATUS_URL names it; with METRICS_PORT set it is on that port.`,
      );
    }
    sum += recycles ?? 0;
  }
  return sum;
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
