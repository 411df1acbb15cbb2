/** Uploads one file to a running service and prints its text: `make transcribe FILE=clip.flac [BASE_URL=…] [API_KEY=…]`. */
import { DEFAULT_PORT, FIELDS, HEADERS, PATHS } from '../service/src/contract.ts';

const file = process.argv[2] ?? '';
const base = process.env['BASE_URL'] || `http://127.0.0.1:${process.env['PORT'] || DEFAULT_PORT}`;
const key = process.env['API_KEY'] ?? '';

if (file === '') stop('Say which file: make transcribe FILE=clip.flac');
if (!(await Bun.file(file).exists())) stop(`There is no file ${file}.`);

const form = new FormData();
form.set(FIELDS.audio, Bun.file(file));
const answer = await fetch(base + PATHS.transcriptionsIsolated, {
  method: 'POST',
  headers: key === '' ? {} : { [HEADERS.authorization]: `Bearer ${key}` },
  body: form,
}).catch(() =>
  stop(`Nothing answers on ${base}. Run make start in another terminal, or set BASE_URL.`),
);
const body = (await answer.json()) as { text?: string; detail?: string };
if (answer.status === 401) stop(`401: ${body.detail} make transcribe takes it as API_KEY=…`);
if (!answer.ok) stop(`${answer.status}: ${body.detail ?? 'no detail'}`);
console.log(body.text);

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
