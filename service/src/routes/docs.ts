/** `/openapi.json`, and `/docs` with a try-it page that loads nothing from other hosts. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openapi } from '@elysiajs/openapi';
import { Elysia } from 'elysia';
import { HEADERS, KEY_HEADERS, PATHS } from '../contract.ts';
import { html } from './html.ts';
import { COMPONENTS } from './schemas.ts';

const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;

const INIT = `SwaggerUIBundle({ url: '${PATHS.openapi}', dom_id: '#docs', validatorUrl: null, deepLinking: true });`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Speech to text: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PATHS.docs}/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="${PATHS.docs}/swagger-ui-bundle.js"></script>
<script src="${PATHS.docs}/init.js"></script>
</body>
</html>
`;

/** Swagger UI writes inline styles and shows images as data; everything else comes from here. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** The four forms of a key, any of which will do. */
const KEY_SCHEMES = {
  [HEADERS.authorization]: { type: 'http' as const, scheme: 'bearer' },
  ...Object.fromEntries(
    KEY_HEADERS.map((name) => [name, { type: 'apiKey' as const, in: 'header', name }]),
  ),
};

const SECURITY = Object.keys(KEY_SCHEMES).map((scheme) => ({ [scheme]: [] }));

/** `keysNeeded`: the document says how a key is sent. */
export function docsRoutes(version: string, keysNeeded: boolean) {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const app = new Elysia()
    .use(
      openapi({
        path: PATHS.docs,
        specPath: PATHS.openapi,
        provider: null,
        exclude: { paths: [PATHS.index, /^\/docs/, PATHS.openapi] },
        documentation: {
          info: {
            title: 'Speech to text',
            version,
            description:
              'Upload a recording, get its words. Every error is `application/problem+json`.',
          },
          tags: [
            { name: 'transcription', description: 'A recording in, its words out.' },
            { name: 'operation', description: 'Probes, metrics and state.' },
          ],
          components: {
            schemas: COMPONENTS as never,
            ...(keysNeeded ? { securitySchemes: KEY_SCHEMES } : {}),
          },
          ...(keysNeeded ? { security: SECURITY } : {}),
        },
      }),
    )
    .get(PATHS.docs, ({ set }) => html(set, PAGE, POLICY))
    .get(`${PATHS.docs}/init.js`, ({ set }) => {
      set.headers['content-type'] = 'text/javascript; charset=utf-8';
      return INIT;
    });
  for (const [name, type] of Object.entries(ASSETS)) {
    app.get(
      `${PATHS.docs}/${name}`,
      () => new Response(Bun.file(join(folder, name)), { headers: { 'content-type': type } }),
    );
  }
  return app;
}
