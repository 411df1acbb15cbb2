/** Pushes the boards to any Grafana: `make import-grafana-dashboard GRAFANA_URL=… ` with a token or a password in the environment. */
import { distBoards, GrafanaError, pushBoards } from './grafana/push-boards.ts';

const url = (process.env['GRAFANA_URL'] || 'http://localhost:3000').replace(/\/+$/, '');
const token = process.env['GRAFANA_TOKEN'] ?? '';
const password = process.env['GRAFANA_PASSWORD'] ?? '';
const user = process.env['GRAFANA_USER'] || 'admin';

if (token === '' && password === '') {
  stop(
    'Say who you are: export GRAFANA_TOKEN (a service account with the role Editor), or GRAFANA_PASSWORD and perhaps GRAFANA_USER (admin).',
  );
}
const authorization =
  token === ''
    ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    : `Bearer ${token}`;
try {
  for (const address of await pushBoards({ url, authorization }, distBoards())) {
    console.log(address);
  }
} catch (error) {
  if (!(error instanceof GrafanaError)) throw error;
  stop(error.message);
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
