/** The messages between a pool and one of its workers, and what may go into them. */
import type { TaskErrorFields } from './errors.ts';

export type ParentMessage =
  | {
      readonly type: 'init';
      readonly data: unknown;
      readonly maxMessageBytes: number;
      /** Set where the parent cannot read the child's memory itself. */
      readonly reportMemory: boolean;
    }
  | { readonly type: 'run'; readonly id: number; readonly request: unknown };

/** `id` is the task's: a message that names another task than the one in hand is late and ignored. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly memoryBytes: number }
  | { readonly type: 'init-failed'; readonly error: TaskErrorFields }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly reply: unknown;
      readonly memoryBytes?: number;
    }
  | { readonly type: 'error'; readonly id: number; readonly error: TaskErrorFields }
  | { readonly type: 'too-large'; readonly id: number; readonly bytes: number }
  | { readonly type: 'progress'; readonly id: number; readonly value?: unknown }
  | {
      readonly type: 'extend';
      readonly id: number;
      readonly totalMs: number;
      readonly costMs: number;
    };

/** The child is ours but its libraries may send things too: only what looks like ours is read. */
export function isChildMessage(value: unknown): value is ChildMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id, error, memoryBytes } = value as Record<string, unknown>;
  switch (type) {
    case 'ready':
      return typeof memoryBytes === 'number';
    case 'init-failed':
      return isErrorFields(error);
    case 'error':
      return typeof id === 'number' && isErrorFields(error);
    case 'reply':
    case 'too-large':
    case 'progress':
      return typeof id === 'number';
    case 'extend': {
      const { totalMs, costMs } = value as Record<string, unknown>;
      return typeof id === 'number' && isPositive(totalMs) && isPositive(costMs);
    }
    default:
      return false;
  }
}

/** Size of a value as JSON in UTF-8. Throws what `JSON.stringify` throws (cycles, BigInt). */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 0 : Buffer.byteLength(json);
}

const MAX_MESSAGE_LENGTH = 4_000;
const MAX_DATA_BYTES = 16_384;

/** Keeps what travels well: `data` must be small JSON, texts are cut, everything else is dropped. */
export function toErrorFields(error: unknown): TaskErrorFields {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error).slice(0, MAX_MESSAGE_LENGTH) };
  }
  const { code, data, retryAfterSeconds } = error as Error & Record<string, unknown>;
  return {
    name: error.name,
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
    ...(typeof code === 'string' && { code }),
    ...(isSmallJson(data) && { data }),
    ...(Number.isFinite(retryAfterSeconds) && { retryAfterSeconds: retryAfterSeconds as number }),
    ...(error.stack !== undefined && { stack: error.stack.slice(0, MAX_MESSAGE_LENGTH) }),
  };
}

function isSmallJson(value: unknown): boolean {
  try {
    const bytes = jsonBytes(value);
    return bytes > 0 && bytes <= MAX_DATA_BYTES;
  } catch {
    return false;
  }
}

function isErrorFields(value: unknown): value is TaskErrorFields {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof message === 'string';
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
