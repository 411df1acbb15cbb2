/** Waits for a condition, not for a time. */

const LIMIT_MS = 20_000;

/** Throws when the condition does not come true within 20 seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not true after ${LIMIT_MS} ms: ${holds}`);
    await Bun.sleep(1);
  }
}
