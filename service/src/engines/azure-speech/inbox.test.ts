import { describe, expect, it } from 'vitest';
import { createInbox } from './inbox.ts';

describe('an inbox', () => {
  it('gives what was put in, in order, and ends', async () => {
    const inbox = createInbox<number>();
    inbox.put(1);
    setTimeout(() => {
      inbox.put(2);
      inbox.put(3);
      inbox.end();
      inbox.put(4);
    }, 5);
    expect(await Array.fromAsync(inbox)).toEqual([1, 2, 3]);
  });

  it('fails at once, whatever lies in it, and stays failed', async () => {
    const inbox = createInbox<number>();
    inbox.put(1);
    inbox.fail(new Error('first'));
    inbox.fail(new Error('second'));
    inbox.end();
    await expect(Array.fromAsync(inbox)).rejects.toThrow('first');
  });

  it('wakes a waiting reader to fail', async () => {
    const inbox = createInbox<number>();
    const reading = Array.fromAsync(inbox);
    setTimeout(() => inbox.fail(new Error('late')), 5);
    await expect(reading).rejects.toThrow('late');
  });
});
