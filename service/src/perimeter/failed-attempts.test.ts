import { describe, expect, it } from 'vitest';
import { createFailedAttempts } from './failed-attempts.ts';

function attempts(options: { maxAddresses?: number } = {}) {
  const addresses = new WeakMap<Request, string>();
  const clock = { ms: 0 };
  const failures = createFailedAttempts({
    addressOf: (request) => addresses.get(request) ?? '',
    maxFailures: 3,
    windowMs: 60_000,
    now: () => clock.ms,
    ...options,
  });
  const from = (address: string) => {
    const request = new Request('http://localhost/');
    addresses.set(request, address);
    return request;
  };
  return { failures, clock, from };
}

describe('failed keys', () => {
  it('are throttled after so many, for the rest of the minute and no longer', () => {
    const { failures, clock, from } = attempts();
    for (let count = 0; count < 3; count++) {
      expect(failures.blocked(from('a'))).toBeNull();
      failures.failed(from('a'));
    }
    clock.ms = 20_000;
    expect(failures.blocked(from('a'))).toBe(40);
    failures.failed(from('a'));
    expect(failures.blocked(from('a'))).toBe(40);
    clock.ms = 60_000;
    expect(failures.blocked(from('a'))).toBeNull();
    failures.failed(from('a'));
    expect(failures.blocked(from('a'))).toBeNull();
  });

  it('of one address throttle no other', () => {
    const { failures, from } = attempts();
    for (let count = 0; count < 9; count++) failures.failed(from('a'));
    expect(failures.blocked(from('b'))).toBeNull();
  });

  it('are not forgiven for a right key from the same address', () => {
    const { failures, from } = attempts();
    for (let count = 0; count < 3; count++) failures.failed(from('a'));
    failures.succeeded(from('a'));
    expect(failures.blocked(from('a'))).toBe(60);
  });

  it('are remembered for a bounded number of addresses, the latest ones', () => {
    const { failures, from } = attempts({ maxAddresses: 2 });
    for (const address of ['a', 'b', 'a', 'b', 'a', 'b', 'c', 'c', 'c']) {
      failures.failed(from(address));
    }
    expect(failures.blocked(from('a'))).toBeNull();
    expect(failures.blocked(from('b'))).toBe(60);
    expect(failures.blocked(from('c'))).toBe(60);
  });
});
