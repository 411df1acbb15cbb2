/** Liveness and readiness probes. */
import { Elysia } from 'elysia';
import { PATHS } from '../contract.ts';
import { AppError } from '../errors.ts';

const RETRY_SECONDS = 1;

const answers = (ok: string, others: Record<number, string> = {}) =>
  Object.fromEntries(
    Object.entries({ 200: ok, ...others }).map(([status, description]) => [
      status,
      { description },
    ]),
  );

/** `unreadyReason` gives null while an engine can answer now, else a sentence. */
export function healthRoutes(unreadyReason: () => string | null) {
  return new Elysia()
    .get(PATHS.liveness, () => ({ status: 'ok' }), {
      detail: {
        tags: ['operation'],
        security: [],
        summary: 'Liveness',
        description: 'Answers while the event loop turns.',
        responses: answers('Alive.'),
      },
    })
    .get(
      PATHS.readiness,
      () => {
        const reason = unreadyReason();
        if (reason === null) return { status: 'ready' };
        throw new AppError('engine_unavailable', reason, { retryAfterSeconds: RETRY_SECONDS });
      },
      {
        detail: {
          tags: ['operation'],
          security: [],
          summary: 'Readiness',
          description: 'Whether an engine can answer now.',
          responses: answers('Ready.', { 503: 'Not ready; `detail` says why.' }),
        },
      },
    );
}
