import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textsOf } from '../charts/testing/read-svg.ts';
import { readOptions } from './options.ts';
import { pageOf, removeOldReport, writeReport } from './report.ts';
import { deadTrial, scenario, trial } from './testing/trials.ts';

describe('what is kept', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'stt-leak-demo-'));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));
  const options = readOptions(() => null, '/');
  const results = [{ scenario: scenario(), trials: [deadTrial(), trial()] }];
  const made = { startedAt: new Date('2026-01-02T03:04:05Z'), commit: '0123abc' };

  it('is a picture, a page that shows it, and every sample', () => {
    const files = writeReport(join(out, 'deep/er'), options, results, made);
    expect(files.map((path) => path.slice(out.length + 1))).toEqual([
      'deep/er/simulated.svg',
      'deep/er/leak-demo.json',
      'deep/er/leak-demo.md',
    ]);
    const [svg = '', json = '', page = ''] = files.map((path) => readFileSync(path, 'utf8'));
    expect(textsOf(svg).join()).toContain('killed at the memory limit');
    expect(JSON.parse(json)).toMatchObject({
      parts: [{ trials: [{ samples: deadTrial().samples }, { figures: { answered: 20 } }] }],
    });
    expect(page).toBe(pageOf(results, made));
    expect(page).toContain('](simulated.svg)');
    expect(page).toContain('2026-01-02 03:04 UTC');
    expect(page).toContain('code: 0123abc.');
  });

  it('replaces what an earlier run kept, and nothing else', () => {
    for (const name of [
      'real.svg',
      'simulated.svg',
      'leak-demo.json',
      'leak-demo.md',
      'mine.txt',
    ]) {
      writeFileSync(join(out, name), '');
    }
    removeOldReport(out);
    expect(readdirSync(out)).toEqual(['mine.txt']);
    removeOldReport(join(out, 'nowhere'));
  });
});
