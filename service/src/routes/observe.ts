/** Around every request: its id in the answer, one access-log line, the HTTP metrics. */
import type { Elysia } from 'elysia';
import { HEADERS, PATHS } from '../contract.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { requestContext } from './request-context.ts';

/** Asked every few seconds by machines: their lines would drown the others. */
const PROBES: ReadonlySet<string> = new Set([PATHS.liveness, PATHS.readiness, PATHS.metrics]);

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function observeRequests<App extends Elysia>(app: App, log: Log, metrics: Metrics): App {
  app.onRequest(({ request, set }) => {
    set.headers[HEADERS.requestId] = requestContext(request).id;
  });
  app.onAfterResponse({ as: 'global' }, ({ request, route, set }) => {
    const context = requestContext(request);
    const seconds = (performance.now() - context.startedAt) / 1000;
    // Paths and methods come from outside; only the ones we know may become label values.
    const labels = {
      route: route || 'unmatched',
      method: KNOWN_METHODS.has(request.method) ? request.method : 'OTHER',
    };
    const status = Number(set.status ?? 200);
    metrics.httpRequests.inc({ ...labels, status: String(status) });
    metrics.httpRequestDuration.observe(labels, seconds);
    const line = {
      request_id: context.id,
      ...labels,
      status,
      duration_ms: Math.round(seconds * 1000),
      ...context.notes,
    };
    if (PROBES.has(labels.route)) log.debug(line, 'request');
    else if (status >= 500) log.error(line, 'request');
    else log.info(line, 'request');
  });
  return app;
}
