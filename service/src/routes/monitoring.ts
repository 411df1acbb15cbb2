/** Prometheus metrics, and the state of pools and queues as JSON. */
import { Elysia } from 'elysia';
import type { Registry } from 'prom-client';
import { PATHS } from '../contract.ts';

export interface MonitoringDeps {
  readonly registry: Registry;
  /** Brings gauges that mirror state up to date; called before each scrape. */
  refresh(): void;
  status(): object;
}

export function monitoringRoutes(deps: MonitoringDeps) {
  return new Elysia()
    .get(
      PATHS.metrics,
      async ({ set }) => {
        deps.refresh();
        set.headers['content-type'] = deps.registry.contentType;
        return deps.registry.metrics();
      },
      {
        detail: {
          tags: ['operation'],
          summary: 'Prometheus metrics',
          responses: { 200: { description: 'Text exposition format.' } },
        },
      },
    )
    .get(PATHS.status, () => snakeCase(deps.status()), {
      detail: {
        tags: ['operation'],
        summary: 'Pools, queues and spool',
        responses: { 200: { description: 'The state now.' } },
      },
    });
}

/** The same value with every key in the case that all our JSON uses; keys that are data, such as SIGKILL, stay. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      /^[A-Z]/.test(key) ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(inner),
    ]),
  );
}
