/** Uploads one file and prints its text: `make transcribe FILE=clip.flac [TARGET=azure] [BASE_URL=…] [API_KEY=…] [ENV_REMOTE=…]`. */
import { join } from 'node:path';
import { DEFAULT_PORT, FIELDS, HEADERS, PATHS } from '../service/src/contract.ts';
import { Refusal } from './verbs/refusal.ts';
import { readRemote, REMOTE_FILE } from './azure/remote-file.ts';

interface Service {
  readonly base: string;
  readonly key: string;
  /** What to do when nobody answers there. */
  readonly remedy: string;
}

const file = process.argv[2] ?? '';
const target = process.env['TARGET'] ?? '';

if (file === '') stop('Say which file: make transcribe FILE=clip.flac');
if (!(await Bun.file(file).exists())) stop(`There is no file ${file}.`);
const { base, key, remedy } = serviceOf(target);

const form = new FormData();
form.set(FIELDS.audio, Bun.file(file));
const answer = await fetch(base + PATHS.transcriptionsIsolated, {
  method: 'POST',
  headers: key === '' ? {} : { [HEADERS.authorization]: `Bearer ${key}` },
  body: form,
}).catch(() => stop(`Nothing answers on ${base}. ${remedy}`));
const body = (await answer.json().catch(() => ({}))) as { text?: string; detail?: string };
if (answer.status === 401) stop(`401: ${body.detail} make transcribe takes it as API_KEY=…`);
if (!answer.ok) stop(`${answer.status}: ${body.detail ?? 'no detail'}`);
console.log(body.text);

function serviceOf(name: string): Service {
  if (name === '') {
    return {
      base: process.env['BASE_URL'] || `http://127.0.0.1:${process.env['PORT'] || DEFAULT_PORT}`,
      key: process.env['API_KEY'] ?? '',
      remedy: 'Run make start in another terminal, or set BASE_URL.',
    };
  }
  if (name !== 'azure') stop(`TARGET=${name} cannot be: it is azure, or nothing for make start.`);
  try {
    const path = process.env['ENV_REMOTE'] || join(import.meta.dirname, '..', REMOTE_FILE);
    const { baseUrl, apiKey } = readRemote(path, process.env);
    return {
      base: baseUrl,
      key: apiKey,
      remedy: `It is the address of ${REMOTE_FILE}: make deploy-azure writes it anew.`,
    };
  } catch (error) {
    if (error instanceof Refusal) return stop(error.message);
    throw error;
  }
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
