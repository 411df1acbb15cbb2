import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseSeed } from './random.ts';
import type { SabotageReport } from './sabotage-report.ts';
import { counted, say } from './waiting.ts';

const SCRIPT = join(import.meta.dirname, 'fixtures/sabotaged-pool.ts');
const WARM_UP_MS = 8_000;
const RUN_MS = 32_000;
const LIMIT_MS = 150_000;
/** The heap of the run itself moves by a few megabytes; a leak per worker or task would be many times that. */
const RSS_GROWTH_BYTES = 16 * 2 ** 20;
/** One start at a time, each may take until its timeout, with pauses of a third of a second. */
const SHORTAGE_LIMIT_MS = 15_000;

async function sabotagePool(seed: number): Promise<SabotageReport> {
  const run = Bun.spawn(
    [process.execPath, '--no-env-file', SCRIPT, `${seed}`, `${WARM_UP_MS}`, `${RUN_MS}`],
    { stdout: 'pipe', stderr: 'inherit', timeout: LIMIT_MS, killSignal: 'SIGKILL' },
  );
  const output = await new Response(run.stdout).text();
  expect(await run.exited, `the run of seed ${seed} failed`).toBe(0);
  return JSON.parse(output) as SabotageReport;
}

describe('a pool whose workers are sabotaged', () => {
  let report: SabotageReport;

  beforeAll(async () => {
    const seed = chooseSeed();
    say(`FAULT_SEED=${seed}, ${(WARM_UP_MS + RUN_MS) / 1_000} s of tasks and sabotage`);
    report = await sabotagePool(seed);
    const { honest, before, after } = report;
    const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    say(`tasks ${report.submitted}: ${counted(report.outcomes)}`);
    say(`harmless ones answered: ${honest.completed} of ${honest.submitted}`);
    say(`crashes hidden by the retry ${report.hidden}, final after the second ${report.poison}`);
    say(`sabotage: ${counted(report.sabotage)}`);
    say(`workers started ${report.workersStarted}, failed starts ${report.bootFailures}`);
    say(`crashes: ${counted(report.crashes)}; recycled: ${counted(report.recycles)}`);
    say(`most processes ${report.mostProcesses} in ${report.samples} samples`);
    say(`longest time under the minimum ${report.longestShortageMs.toFixed(0)} ms`);
    say(
      `files ${before.fds} → ${after.fds}, RSS ${mb(before.rssBytes)} → ${mb(after.rssBytes)} MB`,
    );
  }, LIMIT_MS);

  it('settles every task that was handed in, and none twice', () => {
    expect(report.submitted).toBeGreaterThan(1_000);
    expect(report.settled).toBe(report.submitted);
    expect(report.poolSubmitted).toBe(report.submitted);
    expect(report.poolSettled).toBe(report.submitted);
    expect(report.settlements).toBe(report.submitted);
    expect(report.settledTwice).toBe(0);
  });

  it('gives each task its own answer and no task a wrong end', () => {
    expect(report.wrong).toEqual([]);
  });

  it('counts what its callers saw', () => {
    const seen = Object.entries(report.poolOutcomes).filter(([, count]) => count > 0);
    expect(Object.fromEntries(seen)).toEqual(report.outcomes);
  });

  it('met every kind of fault', () => {
    for (const outcome of [
      'completed',
      'task_error',
      'task_aborted',
      'task_timeout',
      'worker_crashed',
      'memory_limit',
      'pool_unavailable',
    ]) {
      expect(report.outcomes, outcome).toHaveProperty(outcome);
    }
    for (const state of ['starting', 'idle', 'busy', 'retiring']) {
      expect(report.sabotage, state).toHaveProperty(`SIGKILL ${state}`);
    }
    expect(report.sabotage).toHaveProperty('SIGTERM busy');
    expect(report.sabotage).toHaveProperty('SIGSTOP busy');
    for (const mode of ['throw', 'exit', 'hang']) {
      expect(report.sabotage, mode).toHaveProperty(`refused to boot (${mode})`);
    }
    const { tasks = 0, age = 0 } = report.recycles;
    expect(tasks + age).toBeGreaterThan(0);
    expect(report.recycles['memory']).toBeGreaterThan(0);
    expect(report.recycles['memory_hard']).toBeGreaterThan(0);
    expect(report.hidden).toBeGreaterThan(0);
    expect(report.poison).toBeGreaterThan(0);
  });

  it('still answers most of what is harmless', () => {
    expect(report.honest.completed).toBeGreaterThan(report.honest.submitted * 0.6);
  });

  it('keeps its minimum, never has more processes than size + 1, and comes back by itself', () => {
    expect(report.breaches).toEqual({});
    expect(report.samples).toBeGreaterThan(RUN_MS / 100);
    expect(report.mostProcesses).toBeGreaterThanOrEqual(4);
    expect(report.longestShortageMs).toBeLessThan(SHORTAGE_LIMIT_MS);
    expect(report.slowestRecoveryMs).toBeLessThan(SHORTAGE_LIMIT_MS);
  });

  it('holds no more files and no more memory than after its warm-up', () => {
    expect(report.after.fds).toBeLessThanOrEqual(report.before.fds);
    expect(report.after.rssBytes - report.before.rssBytes).toBeLessThan(RSS_GROWTH_BYTES);
  });

  it('leaves no process behind when it is closed', () => {
    expect(report.survivors).toEqual([]);
  });
});
