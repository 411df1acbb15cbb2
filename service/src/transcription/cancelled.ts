/** How a request ends whose signal fires while nothing runs for it that could say so itself. */
import { AppError } from '../errors.ts';

/** A signal of our own, such as the request budget's, carries the error to answer with. */
export function cancelledBy(signal: AbortSignal): AppError {
  if (signal.reason instanceof AppError) return signal.reason;
  return new AppError('client_closed_request', 'The client closed the connection.', {
    cause: signal.reason,
  });
}

/** Waits `ms`; rejects at once when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer);
      reject(cancelledBy(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}
