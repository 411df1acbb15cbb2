import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HEADERS, PATHS } from '../src/contract.ts';
import { wavFile } from './audio-files.ts';
import { formWith, runService } from './running-service.ts';
import type { RunningService } from './running-service.ts';

const REQUESTS = 200;
const SILENCE = new Uint8Array(wavFile(new Uint8Array(3200)));
const METHODS = ['PROPFIND', 'MKCOL', 'REPORT', 'SEARCH', 'LOCK', 'COPY', 'TRACE', 'SUBSCRIBE'];
const ROUTES = [PATHS.transcriptionsIsolated, PATHS.transcriptions, PATHS.transcriptionsSync];

let running: RunningService;

beforeAll(async () => {
  running = await runService({ STT_THREADS: '1', LOG_LEVEL: 'silent' });
}, 60_000);

afterAll(() => running.stop());

/** A name that no other request has, and that would break a label that is not quoted. */
const oddName = (index: number) => `odd-${index}-"\\{}=,é\u{1F600}`;

const uploadOf = (fields: Record<string, string>) => ({
  method: 'POST',
  body: formWith(SILENCE, fields),
});

async function answered(path: string, init: RequestInit): Promise<void> {
  await (await fetch(running.url + path, init)).text();
}

/** Everything about a request that comes from outside and might end in a label. */
const ODDITIES: readonly ((index: number) => Promise<void>)[] = [
  function fileName(index) {
    const body = new FormData();
    body.set('audio_file', new Blob([SILENCE], { type: `audio/x-odd-${index}` }), oddName(index));
    return answered(ROUTES[index % ROUTES.length] ?? '/', { method: 'POST', body });
  },
  function language(index) {
    return answered(PATHS.transcriptionsIsolated, uploadOf({ language: oddName(index) }));
  },
  function unknownLanguage(index) {
    return answered(PATHS.transcriptionsIsolated, uploadOf({ language: `x-odd${index}` }));
  },
  function engine(index) {
    return answered(PATHS.transcriptionsIsolated, uploadOf({ engine: oddName(index) }));
  },
  function fieldName(index) {
    return answered(PATHS.transcriptions, uploadOf({ [`odd-${index}`]: 'value' }));
  },
  function path(index) {
    return answered(`/${encodeURIComponent(oddName(index))}?odd=${index}`, {});
  },
  function pathBelowRoute(index) {
    return answered(`${PATHS.transcriptions}/odd-${index}`, { method: 'POST' });
  },
  function headers(index) {
    return answered(PATHS.liveness, {
      headers: {
        [HEADERS.requestId]: `odd-${index}`,
        'user-agent': `odd/${index}`,
        'x-forwarded-for': `10.0.0.${index}`,
        host: `odd-${index}.example`,
      },
    });
  },
  function contentType(index) {
    const headers = { 'content-type': `audio/odd-${index}` };
    return answered(PATHS.transcriptions, { method: 'POST', headers, body: SILENCE });
  },
  function method(index) {
    return new Promise((resolve, reject) => {
      const options = { method: METHODS[index % METHODS.length] ?? 'PROPFIND' };
      request(`${running.url}/odd-${index}`, options, (answer) => {
        answer.resume().once('end', resolve);
      })
        .once('error', reject)
        .end();
    });
  },
];

async function series(): Promise<string[]> {
  const text = await (await fetch(running.url + PATHS.metrics)).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
    .toSorted();
}

it('has no more series after 200 requests of odd names, languages, routes and methods', async () => {
  // Each route of the uploads has its series then, and so has the scrape.
  for (const index of ROUTES.keys()) {
    for (const oddity of ODDITIES) await oddity(index);
    await series();
  }
  const before = await series();
  for (let index = 0; index < REQUESTS; index += 1) {
    await ODDITIES[index % ODDITIES.length]?.(index + ROUTES.length);
  }
  const after = await series();
  expect(after).toEqual(before);
  expect(after.filter((name) => name.includes('odd'))).toEqual([]);
  expect(after.some((name) => name.includes('method="OTHER"'))).toBe(true);
});
