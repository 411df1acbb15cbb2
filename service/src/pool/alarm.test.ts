import { expect, it } from 'vitest';
import { Alarm } from './alarm.ts';
import { until } from './fixtures/harness.ts';

it('goes off once, not before the time that was set last', async () => {
  const rings: number[] = [];
  const alarm = new Alarm(() => rings.push(performance.now()));
  const start = performance.now();
  alarm.set(start + 10);
  alarm.set(start + 60);
  await until(() => rings.length > 0, 'the alarm');
  expect(rings[0]).toBeGreaterThanOrEqual(start + 60);
  await Bun.sleep(30);
  expect(rings).toHaveLength(1);
});

it('can be set earlier than it was', async () => {
  let rang = false;
  const alarm = new Alarm(() => (rang = true));
  alarm.set(performance.now() + 3_600_000);
  alarm.set(performance.now() + 5);
  await until(() => rang, 'the alarm', 10_000);
});

it('stays silent once cleared, and can be set again', async () => {
  let rings = 0;
  const alarm = new Alarm(() => (rings += 1));
  alarm.set(performance.now() + 10);
  alarm.clear();
  await Bun.sleep(40);
  expect(rings).toBe(0);
  alarm.set(performance.now() + 5);
  await until(() => rings === 1, 'the alarm');
});

it('does not go off early for a time beyond what a timer can hold', async () => {
  let rings = 0;
  const alarm = new Alarm(() => (rings += 1));
  alarm.set(performance.now() + 2 ** 33);
  await Bun.sleep(20);
  expect(rings).toBe(0);
  alarm.cancel();
});
