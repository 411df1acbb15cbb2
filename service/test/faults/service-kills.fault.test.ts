import { afterEach, describe, expect, it } from 'vitest';
import { shortClip } from './clip.ts';
import { Dice, chooseSeed } from './random.ts';
import { ISOLATED, serve } from './served.ts';
import type { Served } from './served.ts';
import { Uploads, learnText } from './uploads.ts';
import { counted, isAlive, say, until } from './waiting.ts';
import { WorkerKiller } from './worker-killer.ts';

const UPLOADS = 500;
const WARM_UP_UPLOADS = 80;
const LEARN_UPLOADS = 5;
const IN_FLIGHT = [4, 8] as const;
/** A worker's mean life, in times of what it takes to start one and serve one task. */
const LIFE_FACTOR = 5;
const MIN_ANSWERED_SHARE = 0.99;
/** Fewer than a quarter of what the rate gives in the usual time would prove nothing. */
const MIN_KILLS = 5;
const PROGRESS_MS = 10_000;

let served: Served | undefined;

afterEach(async () => {
  await served?.dispose();
  served = undefined;
});

/** Mean of what a histogram took up since the given values, in ms, and the values. */
async function histogram(from: Served, name: string, before = { sum: 0, count: 0 }) {
  const sum = await from.series(`${name}_sum`);
  const count = await from.series(`${name}_count`);
  return { sum, count, meanMs: ((sum - before.sum) / Math.max(1, count - before.count)) * 1_000 };
}

describe('the service while its workers are killed', () => {
  it(`answers at least 99 % of ${UPLOADS} uploads right, and the rest as documented`, async () => {
    const seed = chooseSeed();
    say(`FAULT_SEED=${seed}, ${UPLOADS} uploads to ${ISOLATED}, ${IN_FLIGHT.join('–')} in flight`);
    const service = await serve({
      PROCESS_POOL_SIZE: '2',
      PROCESS_MAX_TASKS: '5',
      SHUTDOWN_GRACE: '10',
    });
    served = service;
    const dice = new Dice(seed);
    const clip = shortClip();
    const expectedText = await learnText(service, clip, LEARN_UPLOADS);
    say(`expected text: "${expectedText}"`);

    // Both are measured under the load that follows, with workers being recycled but nobody killed.
    const startsBefore = await histogram(service, 'stt_pool_worker_start_seconds');
    const tasksBefore = await histogram(service, 'stt_pool_task_duration_seconds');
    const calm = new Uploads(service, clip, dice, {
      total: WARM_UP_UPLOADS,
      inFlight: IN_FLIGHT,
      expectedText,
    });
    await calm.finished;
    expect(calm.outcomes).toEqual({ 200: WARM_UP_UPLOADS });
    const boot = await histogram(service, 'stt_pool_worker_start_seconds', startsBefore);
    const task = await histogram(service, 'stt_pool_task_duration_seconds', tasksBefore);
    expect(boot.count).toBeGreaterThan(startsBefore.count);
    const meanLifeMs = LIFE_FACTOR * (boot.meanMs + task.meanMs);
    say(
      `boot ${boot.meanMs.toFixed(0)} ms + task ${task.meanMs.toFixed(0)} ms under load: ` +
        `mean life ${meanLifeMs.toFixed(0)} ms, ` +
        `${(1_000 / meanLifeMs).toFixed(2)} kills a second and worker`,
    );

    const startedAt = performance.now();
    const before = (await service.status()).pool.counters;
    const killer = new WorkerKiller(service, dice, meanLifeMs);
    const uploads = new Uploads(service, clip, dice, {
      total: UPLOADS,
      inFlight: IN_FLIGHT,
      expectedText,
    });
    const ticker = setInterval(() => {
      say(`${uploads.answered} answered, ${killer.total} kills: ${counted(uploads.outcomes)}`);
    }, PROGRESS_MS);
    await uploads.finished;
    clearInterval(ticker);
    await killer.stop();
    const seconds = (performance.now() - startedAt) / 1_000;
    await until(async () => {
      const { pool } = await service.status();
      return pool.workers.every(({ state }) => state === 'idle') && pool.workers.length === 2;
    }, 'the pool to be whole again');

    const { pool, spool } = await service.status();
    const { counters } = pool;
    const good = uploads.outcomes['200'] ?? 0;
    const crashed = uploads.outcomes['worker_crashed'] ?? 0;
    const slowest = Math.max(...uploads.answers.map(({ ms }) => ms));
    say(
      `${UPLOADS} uploads in ${seconds.toFixed(0)} s, ${killer.total} kills (${counted(killer.kills)}): ` +
        `${counted(uploads.outcomes)}; slowest answer ${slowest.toFixed(0)} ms`,
    );
    say(
      `retries ${counters.retries}, workers started ${counters.workers_started}, ` +
        `failed starts ${counters.boot_failures}, recycled ${counted(counters.recycles)}`,
    );

    const foreign = service.crashed.filter((pid) => !killer.pids.has(pid));
    expect(foreign, 'workers that died without being killed').toEqual([]);
    expect(uploads.wrong).toEqual([]);
    expect(
      Object.keys(uploads.outcomes).filter((outcome) => !/^(200|worker_crashed)$/.test(outcome)),
    ).toEqual([]);
    expect(good / UPLOADS).toBeGreaterThanOrEqual(MIN_ANSWERED_SHARE);
    expect(
      uploads.answers
        .filter(({ outcome }) => outcome === 'worker_crashed')
        .map(({ status }) => status),
    ).toEqual(Array.from({ length: crashed }, () => 500));
    expect(killer.total).toBeGreaterThanOrEqual(MIN_KILLS);
    expect(counters.retries).toBeGreaterThan(0);

    expect(spool).toMatchObject({ files: 0, bytes: 0 });
    expect(service.spooled()).toEqual([]);
    expect(counters.submitted).toBe(LEARN_UPLOADS + WARM_UP_UPLOADS + UPLOADS);
    expect(counters.settled['completed']).toBe(LEARN_UPLOADS + WARM_UP_UPLOADS + good);
    expect(counters.settled['worker_crashed']).toBe(crashed);
    expect(counters.retries - before.retries).toBeGreaterThanOrEqual(crashed);
    // A kill is a crash or a failed start; of one that was leaving anyway the pool does not speak.
    const crashes = Object.values(counters.crashes).reduce((sum, count) => sum + count, 0);
    const noticed = crashes + counters.boot_failures;
    expect(noticed).toBeLessThanOrEqual(killer.total);
    expect(noticed).toBeGreaterThanOrEqual(killer.total - (killer.kills['retiring'] ?? 0) - 2);

    const pids = service.workers();
    expect(pids).toHaveLength(2);
    service.child.kill('SIGTERM');
    expect(await service.child.exited).toBe(0);
    await until(() => !pids.some(isAlive), 'the workers to be gone', 1_000, 1);
    expect(Object.keys(counters.crashes)).toEqual(['SIGKILL']);
  });
});
