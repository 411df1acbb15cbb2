/** `/`: what this is, and where to go from here. */
import { Elysia } from 'elysia';
import { FIELDS, PATHS } from '../contract.ts';
import { html } from './html.ts';

const LINKS = [
  [PATHS.docs, 'try the API in the browser'],
  [PATHS.openapi, 'its OpenAPI document'],
  [PATHS.status, 'pools and queues now'],
  [PATHS.metrics, 'Prometheus metrics'],
  [PATHS.readiness, 'readiness'],
  [PATHS.liveness, 'liveness'],
] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Speech to text</title>
<link rel="icon" href="data:,">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{background:#eee;padding:1rem;overflow-x:auto}</style>
</head>
<body>
<h1>Speech to text</h1>
<p>Upload a recording, get its words.</p>
<pre>curl -F ${FIELDS.audio}=@clip.wav http://HOST${PATHS.transcriptionsIsolated}</pre>
<ul>
${LINKS.map(([path, what]) => `<li><a href="${path}">${path}</a>: ${what}</li>`).join('\n')}
</ul>
</body>
</html>
`;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function indexRoutes() {
  return new Elysia().get(PATHS.index, ({ request, set }) =>
    html(set, PAGE.replace('http://HOST', escapeHtml(new URL(request.url).origin)), POLICY),
  );
}

function escapeHtml(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
