import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StderrTail } from './stderr-tail.ts';

it('keeps exactly the last bytes, however they arrive', () => {
  const chunks = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: 30 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 60 }), (texts, maxBytes) => {
      const tail = new StderrTail(maxBytes);
      for (const text of texts) tail.push(new TextEncoder().encode(text));
      expect(tail.heldBytes).toBeLessThan(maxBytes * 2);
      expect(tail.toString()).toBe(texts.join('').slice(-maxBytes));
    }),
  );
});
