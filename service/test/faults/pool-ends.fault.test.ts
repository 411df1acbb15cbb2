import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, say, until } from './waiting.ts';

const SCRIPT = join(import.meta.dirname, 'fixtures/parent.ts');
const ROUNDS = 10;
const GRACE_MS = 800;
/** What the promise says, and what a machine that does something else at the time may take. */
const PROMISED_MS = 100;
const SLACK_MS = 1_000;

const parents: Bun.Subprocess[] = [];
const known: number[] = [];

afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  for (const pid of known.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/** A parent whose workers are busy, and the pids of its workers and its grandchild. */
async function startParent(mode: 'drain' | 'kill') {
  const parent = Bun.spawn([process.execPath, '--no-env-file', SCRIPT, mode], {
    stdout: 'pipe',
    stderr: 'inherit',
  });
  parents.push(parent);
  let output = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of parent.stdout) output += decoder.decode(chunk, { stream: true });
  })();
  await until(() => output.includes('\n'), 'the parent to have busy workers', 30_000, 1);
  const pids = JSON.parse(output.slice(0, output.indexOf('\n'))) as number[];
  known.push(...pids);
  expect(pids.length).toBe(3);
  expect(pids.every(isAlive)).toBe(true);
  return {
    parent,
    pids,
    async lastLine(): Promise<unknown> {
      await reading;
      return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    },
  };
}

describe('the end of a parent', () => {
  it('by SIGTERM: what runs may finish, what waits is told, and the hung one goes with its child', async () => {
    const { parent, pids, lastLine } = await startParent('drain');
    const startedAt = performance.now();
    parent.kill('SIGTERM');
    expect(await parent.exited).toBe(0);
    const tookMs = performance.now() - startedAt;
    expect(await lastLine()).toEqual({
      hung: 'pool_draining',
      finished: 'completed',
      waited: Array.from({ length: 6 }, () => 'pool_draining'),
    });
    await until(() => !pids.some(isAlive), 'workers and grandchild to be gone', SLACK_MS, 1);
    // The grace, then half a second between SIGTERM and SIGKILL.
    expect(tookMs).toBeGreaterThanOrEqual(GRACE_MS);
    expect(tookMs).toBeLessThan(GRACE_MS + 500 + SLACK_MS);
    say(`drained in ${tookMs.toFixed(0)} ms with one worker hung (grace ${GRACE_MS} ms)`);
  });

  it('by SIGKILL: no worker in a synchronous loop, no idle one and no grandchild survives', async () => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { parent, pids } = await startParent('kill');
      const startedAt = performance.now();
      parent.kill('SIGKILL');
      await until(() => !pids.some(isAlive), 'everybody to be gone', SLACK_MS, 1);
      times.push(performance.now() - startedAt);
    }
    const worst = Math.max(...times);
    const median = times.toSorted((one, other) => one - other)[ROUNDS / 2] ?? 0;
    const late = times.filter((time) => time > PROMISED_MS).length;
    say(
      `${ROUNDS} parents killed, all gone after ${median.toFixed(0)} ms (median), ` +
        `${worst.toFixed(0)} ms (worst), ${late} over ${PROMISED_MS} ms`,
    );
    expect(median).toBeLessThan(PROMISED_MS);
  });
});
