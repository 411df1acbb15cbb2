/** A wait that somebody else can end. */

/** Resolves after so many milliseconds, or at once when the signal is or gets aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, ms);
  signal.addEventListener('abort', wake);
  await promise;
  signal.removeEventListener('abort', wake);
  clearTimeout(timer);
}
