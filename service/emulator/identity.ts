/** The managed identity of an App Service: a token for whoever knows the header, as `DefaultAzureCredential` asks for it. */
import { timingSafeEqual } from 'node:crypto';
import { garbage, neverAnswer } from './azure-error.ts';
import type { Context } from './context.ts';
import { DEFAULT_SLOW_MS } from './rules.ts';

export const IDENTITY_PATH = '/msi/token';
const API_VERSION = '2019-08-01';

export async function answerIdentity(
  request: Request,
  url: URL,
  context: Context,
): Promise<Response> {
  const { rules, tally } = context;
  const rule = rules.take('identity', []);
  if (rule !== null) {
    tally.add('identity', rule.fault);
    switch (rule.fault) {
      case 'slow':
        await Bun.sleep(rule.delayMs ?? DEFAULT_SLOW_MS);
        break;
      case 'stall':
        return neverAnswer(request.signal);
      case 'garbage':
        return garbage();
      case 'unauthorized':
        return problem(401, 'The identity endpoint was told to refuse.');
      default:
        return problem(500, 'The identity endpoint was told to fail.');
    }
  }
  const refusal = refuse(request, url, context);
  if (rule === null) tally.add('identity', refusal === null ? 'ok' : outcomeOf(refusal.status));
  return refusal ?? tokenFor(url, context);
}

function refuse(
  request: Request,
  url: URL,
  { identityHeader, settings }: Context,
): Response | null {
  if (!equal(request.headers.get('x-identity-header') ?? '', identityHeader)) {
    return problem(401, 'The X-IDENTITY-HEADER is missing or not the value of IDENTITY_HEADER.');
  }
  const version = url.searchParams.get('api-version');
  if (version !== API_VERSION) {
    return problem(400, `The api-version is ${version ?? 'missing'}; it must be ${API_VERSION}.`);
  }
  if (!url.searchParams.get('resource')) {
    return problem(400, 'The resource is missing: say for which audience the token shall be.');
  }
  const clientId = url.searchParams.get('client_id');
  if (clientId !== null && settings.clientId !== null && clientId !== settings.clientId) {
    return problem(400, `There is no managed identity with the client id ${clientId}.`);
  }
  return null;
}

function tokenFor(url: URL, { tokens }: Context): Response {
  const resource = url.searchParams.get('resource') ?? '';
  const { token, expiresAtMs } = tokens.issue(resource.replace(/\/$/, ''));
  return Response.json({
    access_token: token,
    expires_on: String(Math.floor(expiresAtMs / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: url.searchParams.get('client_id') ?? '',
  });
}

function outcomeOf(status: number): string {
  return status === 401 ? 'unauthorized' : 'invalid';
}

function problem(status: number, message: string): Response {
  return Response.json({ statusCode: status, message }, { status });
}

function equal(given: string, wanted: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}
