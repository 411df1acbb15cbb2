import { describe, expect, it } from 'vitest';
import { watchForStall } from './stall-watch.ts';

describe('a stall watch', () => {
  it('calls once the silence is too long, and signs of life put it off', async () => {
    const startedAt = performance.now();
    let stalledAt = 0;
    const watch = watchForStall(60, () => (stalledAt = performance.now()));
    for (let beat = 0; beat < 4; beat += 1) {
      await Bun.sleep(30);
      watch.touch();
    }
    expect(stalledAt).toBe(0);
    await Bun.sleep(120);
    expect(stalledAt - startedAt).toBeGreaterThan(150);
  });

  it('allows a longer silence when told to, and none counts after a stop', async () => {
    let stalls = 0;
    const patient = watchForStall(20, () => (stalls += 1));
    patient.allow(10_000);
    const stopped = watchForStall(20, () => (stalls += 1));
    stopped.stop();
    await Bun.sleep(80);
    patient.stop();
    expect(stalls).toBe(0);
  });
});
