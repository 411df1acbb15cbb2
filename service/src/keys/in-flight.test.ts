import { describe, expect, it } from 'vitest';
import { createInFlight } from './in-flight.ts';

const key = (name: string, limit: number | null) => ({ name, limit, sha256: '' });

describe('requests in flight', () => {
  it('are as many as the limit of their key, until one ends', () => {
    const inFlight = createInFlight();
    const leave = inFlight.enter(key('a', 2));
    inFlight.enter(key('a', 2));
    expect(inFlight.enter(key('a', 2))).toBeNull();
    expect(inFlight.enter(key('b', 1))).not.toBeNull();
    leave?.();
    expect(inFlight.enter(key('a', 2))).not.toBeNull();
  });

  it('end once, however often they say so', () => {
    const inFlight = createInFlight();
    const leave = inFlight.enter(key('a', 2));
    inFlight.enter(key('a', 2));
    leave?.();
    leave?.();
    expect(inFlight.count('a')).toBe(1);
  });

  it('are as many as they like without a limit, and are forgotten when they end', () => {
    const inFlight = createInFlight();
    const leaving = Array.from({ length: 100 }, () => inFlight.enter(key('a', null)));
    expect(inFlight.count('a')).toBe(100);
    for (const leave of leaving) leave?.();
    expect(inFlight.count('a')).toBe(0);
  });

  it('count against the limit that the key has now', () => {
    const inFlight = createInFlight();
    inFlight.enter(key('a', null));
    inFlight.enter(key('a', null));
    expect(inFlight.enter(key('a', 2))).toBeNull();
    expect(inFlight.enter(key('a', 3))).not.toBeNull();
  });
});
