/** One upload, as a client of the service makes it. */
import exec from 'k6/execution';
import http from 'k6/http';
import type { RefinedResponse } from 'k6/http';
import { FIELDS, HEADERS } from '../../service/src/contract.ts';
import type { Loaded } from './list-files.ts';
import { mediaType } from './recordings.ts';
import type { Settings } from './settings.ts';

// 429 and 503 are answers, not faults: k6's own http_req_failed stays honest.
http.setResponseCallback(http.expectedStatuses(200, 429, 503));

export function upload(recording: Loaded, settings: Settings): RefinedResponse<'text'> {
  const { path, audio } = recording;
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const body = {
    [FIELDS.language]: settings.language,
    ...(settings.engine !== '' && { [FIELDS.engine]: settings.engine }),
    [FIELDS.audio]: http.file(audio, `recording.${extension}`, mediaType(path)),
  };
  const { baseUrls } = settings;
  const baseUrl = baseUrls[exec.vu.idInTest % baseUrls.length] ?? '';
  return http.post(baseUrl + settings.endpoint, body, {
    headers: authorization(settings),
    // One name for all of them; the address is no label.
    tags: { name: settings.endpoint },
    timeout: settings.requestTimeoutMs,
    responseType: 'text',
  });
}

export function authorization({ apiKey }: Settings): Record<string, string> {
  return apiKey === '' ? {} : { [HEADERS.authorization]: `Bearer ${apiKey}` };
}
