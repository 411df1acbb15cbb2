/** One run as a page that needs nothing from anywhere else. */
import { basename } from 'node:path';
import type { Spread } from '../../k6/lib/summary.ts';
import { picturesOf } from './pictures.ts';
import type { Result, Verdict } from './result.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  passed: 'Passed: every threshold held',
  thresholds: 'A threshold was crossed',
  interrupted: 'Stopped before its end',
  failed: 'k6 could not run it',
};

/** `k6Html` is k6's own report, or null where it wrote none. */
export function pageOf(result: Result, k6Html: string | null): string {
  const { settings, machine, startedAt, commit, command, k6, verdict } = result;
  const title = `${settings.mode} on ${settings.endpoint}`;
  const facts: Row[] = [
    ['started', `${startedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['service', settings.baseUrls.join(', ')],
    ['command', command],
    ['code', commit ?? 'outside git'],
    [
      'load came from',
      `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.system}, k6 ${k6}`,
    ],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escape(title)}</h1>
<p class="${verdict === 'passed' ? 'good' : 'bad'}">${VERDICTS[verdict]}</p>
${figures(result)}
${picturesOf(result)
  .map(({ title: name, svg }) => `<figure aria-label="${escape(name)}">${svg}</figure>`)
  .join('\n')}
<h2>How it was measured</h2>
${table(facts)}
${k6Html === null ? '' : `<p><a href="${escape(encodeURI(basename(k6Html)))}">k6's own report</a> has everything k6 measures, over time.</p>`}
</main>
</html>
`;
}

type Row = readonly [string, string];

function figures({ summary }: Result): string {
  if (summary === null) return '<p>There are no figures: k6 ended before it could sum up.</p>';
  const { requests, answered, rejected, failed, dropped, words, workerRecycles } = summary;
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const counts: Row[] = [
    ['requests', String(requests)],
    ['answered', String(answered)],
    ['turned away (429, 503)', requests > 0 ? `${rejected}, ${share(rejected, requests)}` : '0'],
    ['failed', String(failed)],
    ...(dropped > 0 ? [['not sent, no user was free', String(dropped)] as const] : []),
    ['answers a second', summary.answeredPerSecond.toFixed(2)],
    ['seconds of audio a second', summary.audioSecondsPerSecond.toFixed(1)],
    ...(words
      ? [
          [
            'word errors',
            `${share(words.errors, words.reference)} of ${words.reference} words`,
          ] as const,
        ]
      : []),
    ...(workerRecycles === null ? [] : [['workers replaced', String(workerRecycles)] as const]),
  ];
  const times: (readonly [string, Spread | null])[] = [
    ['answer', summary.answerMs],
    ['of it in the queue', summary.queueMs],
    ['of it at the engine', summary.transcribeMs],
    ['until turned away', summary.rejectionMs],
  ];
  return `<div class="columns">
<section><h2>Requests</h2>${table(counts)}</section>
<section><h2>Thresholds</h2>
<table>${summary.thresholds
    .map(
      ({ metric, expression, held, measured }) =>
        `<tr class="${held ? 'good' : 'bad'}"><td>${held ? '✓' : '✗'}</td><td>${escape(`${metric} ${expression}`)}</td><td>${measured === null ? '' : Math.round(measured * 1000) / 1000}</td></tr>`,
    )
    .join('')}</table>
<h2>Every answer</h2>
<table>${summary.checks
    .map(
      ({ name, passes, fails }) =>
        `<tr class="${fails === 0 ? 'good' : 'bad'}"><td>${fails === 0 ? '✓' : '✗'}</td><td>${escape(name)}</td><td>${passes} of ${passes + fails}</td></tr>`,
    )
    .join('')}</table></section>
</div>
<h2>Time of a request, in seconds</h2>
<table><tr><th></th><th>median</th><th>mean</th><th>90 %</th><th>95 %</th><th>99 %</th><th>longest</th></tr>
${times.map(([name, spread]) => timeRow(name, spread)).join('\n')}</table>`;
}

function timeRow(name: string, spread: Spread | null): string {
  if (spread === null) return '';
  const { median, mean, p90, p95, p99, max } = spread;
  const cells = [median, mean, p90, p95, p99, max].map(
    (ms) => `<td>${(ms / 1000).toFixed(3)}</td>`,
  );
  return `<tr><td>${name}</td>${cells.join('')}</tr>`;
}

function table(rows: readonly Row[]): string {
  return `<table>${rows.map(([name, value]) => `<tr><td>${escape(name)}</td><td>${escape(value)}</td></tr>`).join('')}</table>`;
}

function escape(text: string): string {
  return Bun.escapeHTML(text);
}

const STYLE = `
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #1c2128; background: #f6f7f9 }
main { max-width: 900px; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
p.good, p.bad { display: inline-block; padding: .2rem .6rem; border-radius: 6px; color: #fff; background: #1a7f37 }
p.bad { background: #b42318 } tr.bad td { color: #b42318; font-weight: 600 }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 0 2rem }
table { border-collapse: collapse; width: 100%; background: #fff; border-radius: 8px }
td, th { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e7e9ee; overflow-wrap: anywhere }
td + td, th + th { font-variant-numeric: tabular-nums }
figure { margin: 1.5rem 0 } figure svg { max-width: 100%; height: auto; display: block }`;
