import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOARDS } from '../index.ts';
import { panelsOf } from '../lib/board.ts';
import { askAll, legendOf, onGrid, withoutVariables } from './answers.ts';
import { format } from './format.ts';
import { renderPage } from './page.ts';

/** Answers every range query with one series, or as Prometheus refuses. */
let fake: ReturnType<typeof Bun.serve>;
let asked: URLSearchParams[] = [];
const RANGE = { end: 1_800_000_000, minutes: 60, rateSeconds: 60 };

beforeAll(() => {
  fake = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { searchParams } = new URL(request.url);
      asked.push(searchParams);
      const values = [[Number(searchParams.get('start')), '0.5']];
      return Response.json({
        status: 'success',
        data: { result: [{ metric: { route: '</script>' }, values }] },
      });
    },
  });
});
afterAll(() => fake.stop(true));

describe('the preview', () => {
  it('asks what every panel asks, without a variable left', async () => {
    asked = [];
    const { boards } = await askAll(fake.url.href, RANGE);
    const queries = BOARDS.flatMap((board) =>
      panelsOf(board.build()).flatMap(({ targets }) => targets ?? []),
    );
    expect(asked).toHaveLength(queries.length);
    for (const parameters of asked) expect(parameters.get('query')).not.toContain('$');
    expect(boards.map(({ title }) => title)).toEqual(BOARDS.map(({ title }) => title));
    expect(boards[0]?.rows[0]?.panels[0]).toMatchObject({
      title: 'Requests',
      kind: 'stat',
      series: [{ name: 'requests' }],
    });
  });

  it.each([1, 60, 10_000])('asks for %i minutes, and for none of the future', async (minutes) => {
    asked = [];
    const { times } = await askAll(fake.url.href, { ...RANGE, minutes });
    const [first] = asked;
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(first?.get(name)));
    expect(end).toBeLessThanOrEqual(RANGE.end);
    expect(RANGE.end - (end ?? 0)).toBeLessThan(step ?? 0);
    expect(Math.abs((end ?? 0) - (start ?? 0) - minutes * 60)).toBeLessThanOrEqual(2 * (step ?? 0));
    expect(times.at(-1)).toBe(end);
    expect(times.length).toBeLessThanOrEqual(243);
  });

  it('is one page that loads nothing and keeps labels from breaking out', async () => {
    const page = await renderPage(await askAll(fake.url.href, RANGE));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="/);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });

  it('says which query Prometheus refused', async () => {
    using refusing = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => Response.json({ status: 'error', error: 'parse error' }, { status: 400 }),
    });
    await expect(askAll(refusing.url.href, RANGE)).rejects.toThrow(/refused .*stt_.*: parse error/);
  });

  it('puts values on the steps they belong to', () => {
    const values = [
      [10, '1'],
      [30, 'NaN'],
    ] as const;
    expect(onGrid(values, [10, 20, 30])).toEqual([1, null, null]);
  });

  it('fills in variables and legends', () => {
    const expr = 'rate(x{job=~"$job",instance=~"$instance"}[$__rate_interval])';
    expect(withoutVariables(expr, 60)).toBe('rate(x{job=~".+",instance=~".+"}[60s])');
    expect(legendOf('{{from}} → {{to}}', { from: 'a', to: 'b' })).toBe('a → b');
  });

  it.each([
    [0.9731, 'percentunit', '97.3 %'],
    [3.2 * 2 ** 20, 'bytes', '3.2 MiB'],
    [1536, 'binBps', '1.5 KiB/s'],
    [0.25, 's', '250 ms'],
    [null, 's', '–'],
  ])('writes %s in %s as %s', (value, unit, text) => {
    expect(format(value, unit)).toBe(text);
  });
});
