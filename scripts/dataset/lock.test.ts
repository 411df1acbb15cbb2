import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from './lock.ts';
import { createPlace, spawn } from './testing/place.ts';
import type { Place } from './testing/place.ts';

let place: Place;
beforeEach(() => {
  place = createPlace();
});
afterEach(() => place.remove());

describe('the lock', () => {
  it('is held by one process and given back', () => {
    const release = takeLock(place.places.lock);
    expect(readFileSync(place.places.lock, 'utf8')).toBe(String(process.pid));
    release();
    expect(existsSync(place.places.lock)).toBe(false);
  });

  it('is refused while another process holds it, and taken over once that is gone', async () => {
    const holder = spawn(['sleep', '60']);
    place.write('.cache/librispeech/lock', String(holder.pid));
    expect(() => takeLock(place.places.lock)).toThrow(`Process ${holder.pid} is at it already`);
    holder.kill();
    await holder.exited;
    takeLock(place.places.lock)();
  });

  it('is taken over where it holds no number', () => {
    place.write('.cache/librispeech/lock', 'x');
    takeLock(place.places.lock)();
    expect(existsSync(place.places.lock)).toBe(false);
  });
});
