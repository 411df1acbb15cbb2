import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { createCircuit } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import { RateExceeded } from './rate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const FAULT = new AppError('engine_failed', 'Failed.', { reason: 'network' });
const NEUTRAL: readonly (readonly [string, Error])[] = [
  ['a client that left', new AppError('client_closed_request', 'Left.')],
  ["a fault of the recording's own", new AppError('audio_undecodable', 'Broken.')],
  ['our own rate', new RateExceeded('engine_unavailable', 'Wait.', { reason: 'throttled' })],
];

const succeed = (circuit: Circuit) => circuit.run(() => Promise.resolve('answer'));
const fail = (circuit: Circuit, error: Error = FAULT) =>
  circuit.run(() => Promise.reject(error)).catch((error: unknown) => error);

async function opened(): Promise<Circuit> {
  const circuit = createCircuit('azure-speech');
  for (let call = 0; call < 5; call += 1) await fail(circuit);
  expect(circuit.openSeconds()).toBe(10);
  return circuit;
}

describe('the circuit of an engine', () => {
  it('opens at the fifth failure in a row', async () => {
    const circuit = createCircuit('azure-speech');
    for (let call = 0; call < 4; call += 1) await fail(circuit);
    await succeed(circuit);
    for (let call = 0; call < 4; call += 1) await fail(circuit);
    expect(circuit.openSeconds()).toBeNull();
    await fail(circuit);
    expect(circuit.openSeconds()).toBe(10);
  });

  it('opens when half of the last twenty calls failed', async () => {
    const circuit = createCircuit('azure-speech');
    for (let call = 0; call < 20; call += 1) await succeed(circuit);
    for (let call = 0; call < 19; call += 1) {
      await (call % 2 === 0 ? fail(circuit) : succeed(circuit));
      expect(circuit.openSeconds() === null).toBe(call < 18);
      if (circuit.openSeconds() !== null) return;
    }
    throw new Error('never opened');
  });

  it('stays closed while one request in ten fails', async () => {
    const circuit = createCircuit('azure-speech');
    for (let call = 0; call < 2_000; call += 1) {
      await (call % 10 === 9 ? fail(circuit) : succeed(circuit));
    }
    for (let burst = 0; burst < 100; burst += 1) {
      for (let call = 0; call < 20; call += 1) {
        await (call < 2 ? fail(circuit) : succeed(circuit));
      }
    }
    expect(circuit.openSeconds()).toBeNull();
  });

  it.each(NEUTRAL)('does not count %s', async (_name, error) => {
    const circuit = createCircuit('azure-speech');
    for (let call = 0; call < 30; call += 1) expect(await fail(circuit, error)).toBe(error);
    for (let call = 0; call < 4; call += 1) await fail(circuit);
    await fail(circuit, error);
    expect(circuit.openSeconds()).toBeNull();
    await fail(circuit);
    expect(circuit.openSeconds()).not.toBeNull();
  });
});

describe('an open circuit', () => {
  it('refuses with the engine, the kind of failure and the rest of the time', async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(4_000);
    const call = vi.fn();
    await expect(circuit.run(call)).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringMatching(/azure-speech.*network/),
      reason: 'service',
      retryAfterSeconds: 6,
    });
    expect(call).not.toHaveBeenCalled();
  });

  it('lets one call probe after ten seconds; the others do not wait for it', async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(circuit.openSeconds()).toBeNull();
    const answer = Promise.withResolvers<string>();
    const probe = circuit.run(() => answer.promise);
    await expect(succeed(circuit)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    answer.resolve('answer');
    expect(await probe).toBe('answer');
    expect(await succeed(circuit)).toBe('answer');
    await fail(circuit);
    expect(circuit.refusal()).toBeNull();
  });

  it('stays open for another ten seconds when the probe fails', async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await fail(circuit)).toBe(FAULT);
    expect(circuit.openSeconds()).toBe(10);
  });

  it.each(NEUTRAL)('leaves the probe to the next call after %s', async (_name, error) => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await fail(circuit, error)).toBe(error);
    expect(await fail(circuit)).toBe(FAULT);
    expect(circuit.openSeconds()).toBe(10);
  });

  it('takes no notice of calls that began before', async () => {
    const circuit = createCircuit('azure-speech');
    const good = Promise.withResolvers<string>();
    const bad = Promise.withResolvers<string>();
    const late = [circuit.run(() => good.promise), circuit.run(() => bad.promise)];
    for (let call = 0; call < 5; call += 1) await fail(circuit);
    await vi.advanceTimersByTimeAsync(10_000);
    bad.reject(FAULT);
    await expect(late[1]).rejects.toBe(FAULT);
    expect(circuit.openSeconds()).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    good.resolve('answer');
    expect(await late[0]).toBe('answer');
    expect(await fail(circuit)).toBe(FAULT);
    expect(circuit.openSeconds()).toBe(10);
  });
});
