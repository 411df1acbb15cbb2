/** What a Fast request must hold: the version, a definition in JSON, and a recording. */
import type { AzureError } from './azure-error.ts';

const API_VERSION = '2025-10-15';

export interface FastRequest {
  readonly audio: File;
  readonly locales: readonly string[];
}

export async function readFastRequest(
  request: Request,
  url: URL,
): Promise<FastRequest | AzureError> {
  const form = await request.formData().catch(() => null);
  const version = url.searchParams.get('api-version');
  if (version !== API_VERSION) {
    return invalid(`The api-version is ${version ?? 'missing'}; it must be ${API_VERSION}.`);
  }
  if (form === null) return invalid('The body is not multipart/form-data.');
  const definition = await definitionOf(form.get('definition'));
  if (definition === null) {
    return invalid('The definition is missing or not a JSON object. Send at least {}.');
  }
  const locales = definition['locales'] ?? [];
  if (!isListOfStrings(locales))
    return invalid('The locales must be a list of tags such as de-DE.');
  const audio = form.get('audio');
  if (!(audio instanceof File)) return invalid('The part "audio" with the recording is missing.');
  return { audio, locales };
}

/** As a field or as a part with a type of its own. */
async function definitionOf(part: File | string | null): Promise<Record<string, unknown> | null> {
  if (part === null) return null;
  try {
    const value: unknown = JSON.parse(typeof part === 'string' ? part : await part.text());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function invalid(message: string): AzureError {
  return { status: 400, code: 'InvalidRequest', message };
}
