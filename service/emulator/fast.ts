/** The Fast endpoint: one multipart request with a recording, one JSON answer. */
import { droppedConnection, errorResponse, garbage, neverAnswer } from './azure-error.ts';
import { refusal, unauthorized } from './azure-error.ts';
import type { AzureError } from './azure-error.ts';
import type { Context } from './context.ts';
import { transcription } from './fast-answer.ts';
import { readFastRequest } from './fast-request.ts';
import type { FastRequest } from './fast-request.ts';
import { measureFile } from './measure-file.ts';
import { identifyLocale } from './options.ts';
import { DEFAULT_SLOW_MS } from './rules.ts';
import type { FaultRule } from './rules.ts';
import { bearerToken } from './tokens.ts';

export const FAST_PATH = '/speechtotext/transcriptions:transcribe';

export async function answerFast(request: Request, url: URL, context: Context): Promise<Response> {
  const { rules, settings, tally, tokens } = context;
  const startedAt = performance.now();
  const token = bearerToken(request, url);
  const objection = tokens.objection(token);
  if (objection !== null) {
    tally.add('fast', 'unauthorized');
    return unauthorized(objection, settings.errorShape);
  }
  const fast = await readFastRequest(request, url);
  const receivedAt = performance.now();
  const rule = rules.take('fast', 'status' in fast ? [] : fast.locales.slice(0, 1));
  if (rule !== null) {
    tally.add('fast', rule.fault);
    const broken = await breakAnswer(rule, request, token, context);
    if (broken !== null) return broken;
  }

  const answer = 'status' in fast ? fast : await transcribe(fast, context);
  if (settings.delayMs > 0) await Bun.sleep(settings.delayMs);
  tally.addTimes(receivedAt - startedAt, performance.now() - receivedAt);
  if (rule === null) tally.add('fast', outcomeOf(answer));
  return 'status' in answer
    ? errorResponse(answer, rule?.errorShape ?? settings.errorShape)
    : Response.json(answer);
}

async function transcribe(
  { audio, locales }: FastRequest,
  { directory, settings, voice }: Context,
): Promise<ReturnType<typeof transcription> | AzureError> {
  const locale = identifyLocale(locales, settings.spokenLocale) ?? 'en-US';
  const measured = await measureFile(audio, directory, voice.needsSamples);
  if ('status' in measured) return measured;
  const { seconds, samples, silent } = measured;
  const phrases = silent ? [] : await voice.phrases({ seconds, samples, locale });
  return transcription(seconds, phrases, locale);
}

/** What a fault makes of the answer; null when there is one all the same. */
async function breakAnswer(
  rule: FaultRule,
  request: Request,
  token: string | null,
  { settings, tokens }: Context,
): Promise<Response | null> {
  const shape = rule.errorShape ?? settings.errorShape;
  switch (rule.fault) {
    case 'slow':
      await Bun.sleep(rule.delayMs ?? DEFAULT_SLOW_MS);
      return null;
    case 'stall':
      return neverAnswer(request.signal);
    case 'hang-up':
      return droppedConnection();
    case 'garbage':
      return garbage();
    case 'expired-token':
      if (token !== null) tokens.revoke(token);
      return unauthorized('The token has expired. Ask for a new one.', shape);
    default:
      return refusal(rule, shape);
  }
}

function outcomeOf(answer: ReturnType<typeof transcription> | AzureError): string {
  if ('status' in answer) return answer.status === 422 ? 'undecodable' : 'invalid';
  return answer.phrases.length === 0 ? 'silence' : 'ok';
}
