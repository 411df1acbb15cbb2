import { describe, expect, it } from 'vitest';
import { startSampler } from './sampler.ts';
import { until } from './testing/until.ts';

describe('a sampler', () => {
  it('takes the first sample at once and the others one after the other', async () => {
    let count = 0;
    const sampler = startSampler(() => (count += 1), { everyMs: 5, maxSamples: 100 });
    await until(() => count >= 3);
    await sampler.stop();
    const samples = sampler.samples();
    expect(samples.map(({ value }) => value)).toEqual(samples.map((_, index) => index + 1));
    expect(samples[0]?.atMs).toBeLessThan(5);
    const times = samples.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('has a gap where a measurement of a real server fails', async () => {
    let answers = 0;
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response('7', { status: (answers += 1) === 2 ? 500 : 200 }),
    });
    const sampler = startSampler(
      async () => {
        const answer = await fetch(server.url);
        if (!answer.ok) throw new Error(`${answer.status}`);
        return Number(await answer.text());
      },
      { everyMs: 2, maxSamples: 100 },
    );
    await until(() => sampler.samples().length >= 3);
    await sampler.stop();
    await server.stop(true);
    expect(
      sampler
        .samples()
        .slice(0, 3)
        .map(({ value }) => value),
    ).toEqual([7, null, 7]);
  });

  it('never takes two at a time, however slow they are', async () => {
    let running = 0;
    let most = 0;
    const sampler = startSampler(
      async () => {
        most = Math.max(most, (running += 1));
        await Bun.sleep(12);
        running -= 1;
      },
      { everyMs: 1, maxSamples: 100 },
    );
    await until(() => sampler.samples().length >= 4);
    await sampler.stop();
    expect(most).toBe(1);
    expect(running).toBe(0);
  });

  it('keeps no more than it may: it drops every second one and takes half as many', async () => {
    let count = 0;
    const sampler = startSampler(() => (count += 1), { everyMs: 4, maxSamples: 8 });
    await until(() => count >= 23);
    await sampler.stop();
    const samples = sampler.samples();
    expect(samples.length).toBeLessThan(8);
    expect(samples[0]?.value).toBe(1);
    // Spaced as if it had been slow from the start.
    const gaps = samples.slice(1).map(({ atMs }, index) => atMs - (samples[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(6);
  });

  it('takes none after it was stopped, and waits for the one that runs', async () => {
    const taken = Promise.withResolvers<string>();
    let count = 0;
    const sampler = startSampler(
      () => {
        count += 1;
        return taken.promise;
      },
      { everyMs: 1, maxSamples: 8 },
    );
    const stopped = sampler.stop();
    taken.resolve('last');
    await stopped;
    expect(sampler.samples().map(({ value }) => value)).toEqual(['last']);
    expect(count).toBe(1);
  });
});
