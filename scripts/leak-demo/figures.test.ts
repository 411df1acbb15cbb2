import { describe, expect, it } from 'vitest';
import { figuresOf, slopeOf } from './figures.ts';
import { tableOf } from './table.ts';
import { MB, deadTrial, memory, request, trial } from './testing/trials.ts';

describe('the figures of a trial', () => {
  it('count what was answered, refused, lost and never sent', () => {
    const figures = figuresOf(
      trial({
        requests: [
          request(1),
          request(2, { outcome: 'refused', status: 503 }),
          request(3, { outcome: 'lost', status: null }),
        ],
      }),
    );
    expect(figures).toMatchObject({ answered: 1, refused: 1, lost: 1, unsent: 17, planned: 20 });
  });

  it('hold what the server had first and last, and the peak of all processes', () => {
    expect(figuresOf(trial({}, 5))).toMatchObject({
      serverStartBytes: 100 * MB,
      serverEndBytes: 200 * MB,
      peakBytes: 600 * MB,
      peakPssBytes: 550 * MB,
    });
    // What the watcher saw last is the peak of one that it killed.
    expect(figuresOf(deadTrial())).toMatchObject({
      serverEndBytes: 2440 * MB,
      peakBytes: 3100 * MB,
    });
  });

  it('tell growth for each hundred requests, without the beginning', () => {
    expect(figuresOf(trial({}, 5)).serverGrowthPer100).toBeCloseTo(500 * MB, -3);
    const warmUp = trial({
      samples: Array.from({ length: 21 }, (_, second) => ({
        atMs: second * 1000,
        value: memory(second < 5 ? 100 * second : 500),
      })),
    });
    expect(figuresOf(warmUp).serverGrowthPer100).toBe(0);
    expect(figuresOf(deadTrial()).serverGrowthPer100).toBeCloseTo(26_000 * MB, -3);
  });

  it('say nothing where nothing was measured', () => {
    expect(figuresOf(trial({ samples: [{ atMs: 0, value: null }], requests: [] }))).toMatchObject({
      serverStartBytes: null,
      peakBytes: null,
      peakPssBytes: null,
      serverGrowthPer100: null,
    });
    expect(
      slopeOf([
        [3, 1],
        [3, 2],
      ]),
    ).toBeNull();
  });
});

describe('the table', () => {
  const table = tableOf([figuresOf(deadTrial()), figuresOf(trial())]);

  it('says what became of each endpoint', () => {
    const [, , dead = '', alive = ''] = table.split('\n');
    expect(dead).toContain('| /transcriptions ');
    expect(dead).toContain('9 of 20');
    expect(dead).toContain('1 lost in flight, 10 never sent');
    expect(dead).toContain('killed at the memory limit after 9.5 s, at request 10');
    expect(alive).toContain('/transcriptions/process-isolated');
    expect(alive).toMatch(/\| 20 of 20 +\| 0 /);
    expect(alive).toMatch(/\| 3 +\| lived/);
  });

  it('has the same columns in every line', () => {
    const lines = table.split('\n');
    expect(new Set(lines.map((line) => Array.from(line).length)).size).toBe(1);
  });
});
