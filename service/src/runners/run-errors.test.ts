import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { PoolDraining, QueueFull, TaskAborted, TaskError, TaskTimeout } from '../pool/index.ts';
import { toAppError } from './run-errors.ts';

describe('a failed job', () => {
  it('keeps the code, sentence and wait that the engine gave it', () => {
    const error = toAppError(
      new TaskError({
        name: 'AppError',
        message: 'No audio.',
        code: 'empty_audio',
        retryAfterSeconds: 7,
      }),
    );
    expect(error).toMatchObject({
      code: 'empty_audio',
      message: 'No audio.',
      retryAfterSeconds: 7,
    });
  });

  it('is a failure of the engine when it threw something we have no code for', () => {
    const thrown = new TaskError({ name: 'Error', message: 'node 7 of /graph: bad shape' });
    const error = toAppError(thrown);
    expect(error).toMatchObject({ code: 'engine_failed', status: 502 });
    expect(error.message).not.toContain('graph');
    expect(error.cause).toBe(thrown);
  });

  it('says the measured wait where there is one, and a default where not', () => {
    expect(toAppError(new QueueFull('count', 5, 5, 12_000)).retryAfterSeconds).toBe(12);
    expect(toAppError(new QueueFull('count', 5, 5)).retryAfterSeconds).toBe(5);
    expect(toAppError(new PoolDraining())).toMatchObject({
      code: 'shutting_down',
      retryAfterSeconds: 1,
    });
    expect(toAppError(new TaskTimeout('deadline', 10, 10)).retryAfterSeconds).toBeUndefined();
  });

  it('answers with the reason of the signal that ended it, when that is an answer', () => {
    const budget = new AppError('transcription_timeout', 'The budget ran out.');
    expect(toAppError(new TaskAborted(budget))).toBe(budget);
    expect(toAppError(new TaskAborted('gone'))).toMatchObject({ code: 'client_closed_request' });
  });
});
