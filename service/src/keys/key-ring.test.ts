import nodeCrypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKeyRing } from './key-ring.ts';
import { createKey, digestOf } from './key.ts';

const KEYS = ['first', 'second', 'third', 'fourth'].map((name) => ({ name, key: createKey() }));
const ring = createKeyRing(
  KEYS.map(({ name, key }) => ({ name, sha256: digestOf(key).toString('hex'), limit: null })),
);
const keyOf = (name: string) => KEYS.find((entry) => entry.name === name)?.key ?? '';

afterEach(() => vi.restoreAllMocks());

describe('a key', () => {
  it('is 32 random bytes that can stand in a header and a URL', () => {
    const keys = new Set(Array.from({ length: 100 }, createKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^stt_[\w-]{43}$/);
  });
});

describe('a key ring', () => {
  it('knows whose key it is', () => {
    for (const { name, key } of KEYS) expect(ring.verify(key)?.name).toBe(name);
  });

  it('knows nobody by a wrong key', () => {
    const key = keyOf('first');
    for (const wrong of ['', 'first', key.slice(1), `${key}x`, key.toUpperCase(), createKey()]) {
      expect(ring.verify(wrong)).toBeNull();
    }
    expect(ring.verify(digestOf(key).toString('hex'))).toBeNull();
    expect(createKeyRing([]).verify(key)).toBeNull();
  });

  it.each(['first', 'fourth', 'nobody'])(
    'compares with every key in constant time, whosever it is: %s',
    (name) => {
      const compare = vi.spyOn(nodeCrypto, 'timingSafeEqual');
      ring.verify(name === 'nobody' ? createKey() : keyOf(name));
      expect(compare).toHaveBeenCalledTimes(KEYS.length);
      const compared = compare.mock.calls.map(([, digest]) =>
        Buffer.from(digest as Uint8Array).toString('hex'),
      );
      expect(compared).toEqual(ring.entries.map(({ sha256 }) => sha256));
    },
  );

  it('does not hash what is too long for a key', () => {
    const hash = vi.spyOn(nodeCrypto, 'createHash');
    expect(ring.verify('x'.repeat(257))).toBeNull();
    expect(hash).not.toHaveBeenCalled();
    ring.verify('x'.repeat(256));
    expect(hash).toHaveBeenCalledOnce();
  });
});
