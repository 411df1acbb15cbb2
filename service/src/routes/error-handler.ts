/** One place where every error becomes an answer: ours as they are, Elysia's translated, the rest a 500 that tells nothing. */
import type { Elysia } from 'elysia';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import { problemHeaders, toProblem } from './problem.ts';
import { requestContext } from './request-context.ts';

interface RouteTable {
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

export function handleErrors<App extends Elysia>(app: App, log: Log): App {
  app.onError({ as: 'global' }, ({ code, error, request, set }) => {
    const context = requestContext(request);
    const allowed = code === 'NOT_FOUND' ? allowedMethods(app, request) : [];
    const appError = toAppError(code, error, request, allowed);
    if (appError.status >= 500 && appError.code === 'internal') {
      log.error({ request_id: context.id, err: error }, 'request failed unexpectedly');
    }
    context.notes['error_code'] = appError.code;
    const problem = toProblem(appError, context.id);
    set.status = problem.status;
    Object.assign(set.headers, problemHeaders(problem));
    if (allowed.length > 0) set.headers['allow'] = allowed.join(', ');
    return JSON.stringify(problem);
  });
  return app;
}

function toAppError(
  code: string | number,
  error: unknown,
  request: Request,
  allowed: readonly string[],
): AppError {
  if (error instanceof AppError) return error;
  const path = pathOf(request);
  if (allowed.length > 0) {
    return new AppError(
      'method_not_allowed',
      `${path} takes ${allowed.join(', ')}, not ${request.method}.`,
    );
  }
  if (code === 'NOT_FOUND') {
    return new AppError(
      'not_found',
      `There is no ${path.slice(0, 200)} here. See /docs for what there is.`,
    );
  }
  if (code === 'VALIDATION' || code === 'PARSE' || code === 'INVALID_COOKIE_SIGNATURE') {
    return new AppError('invalid_request', 'The request cannot be read. See /docs for its form.', {
      cause: error,
    });
  }
  return new AppError(
    'internal',
    'Something went wrong here. The request id finds it in the log.',
    {
      cause: error,
    },
  );
}

/** Methods that the path of a request does take; empty when there is no such path. */
function allowedMethods(app: RouteTable, request: Request): string[] {
  const path = pathOf(request);
  return app.routes.filter((route) => route.path === path).map(({ method }) => method);
}

/** A request without a sane Host header has no absolute address, and gets its answer all the same. */
function pathOf(request: Request): string {
  return URL.parse(request.url, 'http://localhost')?.pathname ?? '';
}
