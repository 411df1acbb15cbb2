import { describe, expect, it } from 'vitest';
import { createInFlight } from './per-address.ts';

describe('requests in flight', () => {
  it('are capped per address, and one address takes nothing from another', () => {
    const inFlight = createInFlight(2);
    expect([1, 2, 3].map(() => inFlight.enter('a'))).toEqual([true, true, false]);
    expect(inFlight.enter('b')).toBe(true);
    inFlight.leave('a');
    expect(inFlight.enter('a')).toBe(true);
    expect(inFlight.enter('a')).toBe(false);
  });

  it('leave nothing behind', () => {
    const inFlight = createInFlight(2);
    for (let index = 0; index < 1000; index++) inFlight.enter(`address ${index}`);
    for (let index = 0; index < 1000; index++) inFlight.leave(`address ${index}`);
    expect(inFlight.addresses).toBe(0);
  });
});
