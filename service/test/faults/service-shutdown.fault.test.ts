import { afterEach, describe, expect, it } from 'vitest';
import { shortClip } from './clip.ts';
import { Dice, chooseSeed } from './random.ts';
import { serve } from './served.ts';
import type { Served } from './served.ts';
import { Uploads, learnText } from './uploads.ts';
import { counted, isAlive, say, until } from './waiting.ts';
import { WorkerKiller } from './worker-killer.ts';

const GRACE_SECONDS = 5;
const SLACK_MS = 2_000;
const IN_FLIGHT = [8, 8] as const;
const BEFORE_SIGTERM = 8;
const MIN_KILLS = 2;
const LATECOMERS = 4;
/** A port that is closed already is an answer too, to those who come after the end. */
const LATE = /^(shutting_down|no answer: ConnectionRefused)$/;
const ALLOWED = /^(200|worker_crashed|shutting_down)$/;

let served: Served | undefined;

afterEach(async () => {
  await served?.dispose();
  served = undefined;
});

describe('SIGTERM in the middle of sabotage', () => {
  it.each([
    ['lets what runs finish', 'slow:0.3s', 4_000],
    ['gives up on what takes longer than the grace', 'slow:20s', 2_000],
  ])('%s, answers every open request and leaves no worker', async (_what, fault, meanLifeMs) => {
    const seed = chooseSeed();
    const dice = new Dice(seed);
    const clip = shortClip();
    const isHopeless = fault === 'slow:20s';
    const service = await serve({
      PROCESS_POOL_SIZE: '2',
      PROCESS_MAX_TASKS: '5',
      SHUTDOWN_GRACE: `${GRACE_SECONDS}`,
      STT_FAULTS: fault,
      STT_ALLOW_FAULTS: 'true',
    });
    served = service;
    const expectedText = isHopeless ? '' : await learnText(service, clip, 2);
    const killer = new WorkerKiller(service, dice, meanLifeMs);
    const uploads = new Uploads(service, clip, dice, {
      total: 10_000,
      inFlight: IN_FLIGHT,
      expectedText,
    });
    const isUnderWay = async () => {
      if (killer.total < MIN_KILLS) return false;
      if (!isHopeless && uploads.answered < BEFORE_SIGTERM) return false;
      return (await service.status()).pool.workers.some(({ state }) => state === 'busy');
    };
    await until(isUnderWay, 'the sabotage to be under way', 60_000);
    const { pool } = await service.status();
    const pids = new Set([...service.workers(), ...pool.workers.map(({ pid }) => pid)]);
    const answeredBefore = uploads.answered;
    const startedAt = performance.now();
    service.child.kill('SIGTERM');
    uploads.stop();
    const open = uploads.open;
    // The kills go on, and whoever starts in the meantime must be gone as well.
    const watching = setInterval(() => {
      for (const pid of service.workers()) pids.add(pid);
    }, 50);
    const isUnready = () =>
      fetch(`${service.url}/readyz`).then(
        ({ status }) => status === 503,
        () => true,
      );
    await until(isUnready, 'readiness to be false', 5_000, 1);
    const late = await Promise.all(Array.from({ length: LATECOMERS }, () => service.send(clip)));
    await uploads.finished;
    const code = await service.child.exited;
    const tookMs = performance.now() - startedAt;
    clearInterval(watching);
    await killer.stop();
    const lastOnes: Record<string, number> = {};
    const afterSigterm = uploads.answers.slice(answeredBefore);
    for (const { outcome } of afterSigterm) {
      lastOnes[outcome] = (lastOnes[outcome] ?? 0) + 1;
    }
    say(
      `FAULT_SEED=${seed}: ${open} open at SIGTERM: ${counted(lastOnes)}; ${killer.total} kills in all; ` +
        `exit code ${code} after ${tookMs.toFixed(0)} ms (grace ${GRACE_SECONDS} s)`,
    );
    expect(open).toBeGreaterThan(0);
    expect(afterSigterm.filter(({ outcome }) => !ALLOWED.test(outcome))).toEqual([]);
    expect(afterSigterm).toHaveLength(open);
    expect(uploads.wrong).toEqual([]);
    expect(late.filter(({ outcome }) => !LATE.test(outcome))).toEqual([]);
    if (isHopeless) expect(lastOnes['shutting_down']).toBeGreaterThan(0);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(GRACE_SECONDS * 1_000 + SLACK_MS);
    await until(() => ![...pids].some(isAlive), 'the workers to be gone', 1_000, 1);
    expect(service.spooled()).toEqual([]);
  });
});
