/** One HTML page that carries code, style and data, and loads nothing from anywhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageData } from './panel-data.ts';

const STYLE = `
body { font: 14px system-ui, sans-serif; margin: 1rem; background: #f4f5f5; }
.grid { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 8px; }
section { background: #fff; border: 1px solid #ddd; padding: 8px; overflow: hidden; }
h3 { margin: 0; font-size: 13px; cursor: help; } h2 { font-size: 15px; }
strong { font-size: 26px; } em { color: #888; } td { padding-right: 1em; }
`;

export async function renderPage(data: PageData): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dirname, 'client.ts')],
    target: 'browser',
    minify: true,
  });
  const script = (await built.outputs[0]?.text()) ?? '';
  const chartStyle = readFileSync(
    Bun.resolveSync('uplot/dist/uPlot.min.css', import.meta.dirname),
    'utf8',
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">`,
    '<title>Boards, drawn without Grafana</title>',
    `<style>${chartStyle}${STYLE}</style>`,
    `<body><script id="data" type="application/json">${inScript(JSON.stringify(data))}</script>`,
    `<script type="module">${inScript(script)}</script>`,
    '</html>\n',
  ].join('\n');
}

/** `</script` inside would end the element, whatever surrounds it. */
function inScript(text: string): string {
  return text.replaceAll(/<\/(?=script)/gi, String.raw`<\/`);
}
