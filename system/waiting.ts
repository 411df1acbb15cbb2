/** Waits for conditions, for a bounded time. */

const PAUSE_MS = 100;

/** Resolves with the first truthy value of `check`; rejects when there was none within `timeoutMs`. */
export async function waitFor<Value>(
  what: string,
  check: () => Value | Promise<Value>,
  timeoutMs = 30_000,
): Promise<NonNullable<Value>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`${what}: not so after ${timeoutMs} ms`);
    await Bun.sleep(PAUSE_MS);
  }
}
