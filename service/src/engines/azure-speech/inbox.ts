/** Turns events into an async iterable: what is put in comes out in order, until it is ended or fails. */

export interface Inbox<Item> extends AsyncIterable<Item> {
  put(item: Item): void;
  /** Ends it once everything put in is out. Nothing counts after an end or a failure. */
  end(): void;
  /** Fails at once: what was not taken out yet is lost. */
  fail(error: unknown): void;
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  let outcome: { readonly error?: unknown } | undefined;
  let wake = Promise.withResolvers<void>();

  const settle = (how: { readonly error?: unknown }) => {
    outcome ??= how;
    wake.resolve();
  };

  return {
    put(item) {
      if (outcome !== undefined) return;
      items.push(item);
      wake.resolve();
    },
    end: () => settle({}),
    fail: (error) => settle({ error }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (outcome !== undefined && 'error' in outcome) throw outcome.error;
        const item = items.shift();
        if (item !== undefined) {
          yield item;
        } else if (outcome !== undefined) {
          return;
        } else {
          await wake.promise;
          wake = Promise.withResolvers<void>();
        }
      }
    },
  };
}
