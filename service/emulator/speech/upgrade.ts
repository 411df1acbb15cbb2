/** The door of the speech websocket: who is let in, and what an address without a websocket gets. */
import type { Server } from 'bun';
import { errorResponse, overloaded, refusal, unauthorized } from '../azure-error.ts';
import type { Context } from '../context.ts';
import { bearerToken } from '../tokens.ts';
import { Connection } from './connection.ts';

const SPEECH_PATH =
  /^(\/stt)?\/speech\/(universal\/v\d|recognition\/(interactive|conversation|dictation)\/cognitiveservices\/v1)$/;

export function isSpeechPath(path: string): boolean {
  return SPEECH_PATH.test(path);
}

/** Undefined when the request became a websocket. */
export function answerSpeech(
  request: Request,
  url: URL,
  server: Server<Connection>,
  context: Context,
): Response | undefined {
  const { rules, settings, tally, tokens } = context;
  const shape = settings.errorShape;
  if (url.searchParams.get('GenerateRedirectResponse') === 'true') {
    return new Response(`ws://${url.host}${url.pathname}`);
  }
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    const message = 'This address is a websocket. Connect to it with ws://.';
    return errorResponse({ status: 426, code: 'UpgradeRequired', message }, shape);
  }
  const token = bearerToken(request, url);
  const objection = tokens.objection(token);
  if (token === null || objection !== null) {
    tally.add('speech', 'unauthorized');
    return unauthorized(objection ?? '', shape);
  }
  if (server.pendingWebSockets >= settings.maxConnections) {
    tally.add('speech', 'overloaded');
    return overloaded(settings.maxConnections, shape);
  }
  const rule = rules.take('speech', languagesOf(url.searchParams));
  const refused = rule === null ? null : refusal(rule, shape);
  if (rule !== null && refused !== null) {
    tally.add('speech', rule.fault);
    return refused;
  }
  const data = new Connection({ query: url.searchParams, token, rule }, context);
  server.upgrade(request, { data });
  tally.connectionsOpened += 1;
  return undefined;
}

/** Where the language is to be identified, the candidates come later, and a language named here means nothing. */
function languagesOf(query: URLSearchParams): string[] {
  const language = query.get('language');
  return language === null || query.get('lidEnabled') === 'true' ? [] : [language];
}
