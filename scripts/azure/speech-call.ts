/** One real transcription with the login of az: the proof that the roles have arrived. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Az } from './az.ts';
import type { Attempt } from '../verbs/countdown.ts';
import { at, listAt, textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const PATH = '/speechtotext/transcriptions:transcribe?api-version=2025-10-15';
const CALL_TIMEOUT_MS = 60_000;
const SHOWN_CHARACTERS = 300;

/** A token for Speech. Rejects with `AzError`. */
export async function speechToken(az: Az): Promise<string> {
  const token = textAt(await az(['account', 'get-access-token', '--scope', SCOPE]), 'accessToken');
  if (token === null) throw new Refusal('az gave no token for Speech. Type: az login');
  return token;
}

/**
 * The text of a recording, or what to wait for: a role or a name that has not arrived everywhere, or a service that is
 * busy. Throws `Refusal` for an answer that waiting does not change.
 */
export async function tryTranscription(
  endpoint: string,
  token: string,
  file: string,
  language: string,
): Promise<Attempt<string>> {
  const form = new FormData();
  form.set('definition', JSON.stringify({ locales: [language] }));
  form.set('audio', new Blob([readFileSync(file)]), basename(file));
  let answer: Response;
  let body: string;
  try {
    answer = await fetch(endpoint + PATH, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: form,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    body = await answer.text();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { waitingFor: `${endpoint} does not answer yet (${why})` };
  }
  if (answer.ok) {
    const phrases = listAt(parsed(body), 'combinedPhrases');
    if (at(parsed(body), 'combinedPhrases') === null) {
      return { waitingFor: 'Speech answered with something that is no transcription' };
    }
    return { value: phrases.map((each) => textAt(each, 'text') ?? '').join(' ') };
  }
  if (answer.status === 401 || answer.status === 403) {
    return { waitingFor: `The role has not arrived yet (${answer.status})` };
  }
  if (answer.status === 429 || answer.status >= 500) {
    return { waitingFor: `Speech is busy (${answer.status})` };
  }
  throw new Refusal(
    `Speech refused a recording with ${answer.status}: ${body.slice(0, SHOWN_CHARACTERS)}. ${
      answer.status === 404
        ? 'The region may not have Fast Transcription. Type: make destroy-azure, then make provision LOCATION=swedencentral'
        : 'Type: make provision again'
    }`,
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}
