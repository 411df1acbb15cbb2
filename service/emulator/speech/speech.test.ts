import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebsocketMessageAdapter } from 'microsoft-cognitiveservices-speech-sdk/distrib/lib/src/common.browser/WebsocketMessageAdapter.js';
import { createEmulator, textFor } from '../index.ts';
import type { Emulator, EmulatorOptions, Fault } from '../index.ts';
import { credentialOf, fetchToken, openSocket, recognize } from '../test-clients.ts';

let emulator: Emulator;

function start(options?: EmulatorOptions): Emulator {
  emulator = createEmulator(options);
  return emulator;
}

afterEach(() => emulator.stop());

describe('the speech websocket, as the SDK sees it,', () => {
  it('says the script with times, words and confidence', async () => {
    const heard = await recognize(start(), { seconds: 4.5, language: 'de-DE' });
    expect(heard.text).toBe(textFor(4.5, 'de-DE'));
    expect(heard.events).toEqual([
      'connected',
      'speechStartDetected',
      'recognizing',
      'recognized',
      'recognizing',
      'recognized',
      'speechEndDetected',
      'canceled',
      'sessionStopped',
    ]);
    expect(heard.cancellation).toMatchObject({ reason: 'EndOfStream', code: 'NoError' });
    const second = heard.results[1];
    expect(second).toMatchObject({ offset: 30_000_000, duration: 15_000_000 });
    const { NBest } = JSON.parse(second?.json ?? '{}');
    expect(NBest[0]).toMatchObject({
      Confidence: 0.94,
      Lexical: 'part two in de de ends at four five zero',
      Display: 'Part two in de-DE ends at four five zero.',
    });
    expect(NBest[0].Words).toHaveLength(10);
    expect(NBest[0].Words[9]).toEqual({ Word: 'zero', Offset: 43_500_000, Duration: 1_500_000 });
  });

  it('says each client what is its own, also with many at once', async () => {
    start();
    const seconds = [0.5, 1.25, 2, 3, 3.1, 4, 6, 7.77, 9.5, 11];
    const heard = await Promise.all(
      seconds.map((length) => recognize(emulator, { seconds: length })),
    );
    expect(heard.map(({ text }) => text)).toEqual(
      seconds.map((length) => textFor(length, 'en-US')),
    );
    expect(emulator.counts).toMatchObject({ speech: { ok: 10 }, turnsAnswered: 10 });
    expect(emulator.answerTimesMs).toHaveLength(10);
  });

  it('names the first candidate as the language, or the one that is spoken', async () => {
    const candidates = { seconds: 1, language: ['fr-FR', 'it-IT'] };
    const first = await recognize(start(), candidates);
    expect(first.results[0]).toMatchObject({
      language: 'fr-FR',
      languageDetectionConfidence: 'High',
    });
    expect(first.text).toBe(textFor(1, 'fr-FR'));
    await emulator.stop();
    const spoken = await recognize(start({ spokenLocale: 'it-IT' }), candidates);
    expect(spoken.results[0]?.language).toBe('it-IT');
    expect(spoken.text).toBe(textFor(1, 'it-IT'));
  });

  it('names no language when the client named it', async () => {
    const { results } = await recognize(start(), { seconds: 1 });
    expect(results[0]?.language).toBeUndefined();
  });

  it('hears nothing in silence', async () => {
    const { events, text } = await recognize(start(), { seconds: 4, amplitude: 0 });
    expect(events).toEqual([
      'connected',
      'recognized',
      'speechEndDetected',
      'canceled',
      'sessionStopped',
    ]);
    expect(text).toBe('');
    expect(emulator.counts.speech).toEqual({ silence: 1 });
  });

  it('refuses audio that is not 16 kHz', async () => {
    const { cancellation } = await recognize(start(), { seconds: 1, sampleRate: 8000 });
    expect(cancellation).toMatchObject({ code: 'BadRequestParameters' });
    expect(cancellation?.details).toContain('8000 Hz');
  });

  it('answers after the delay it was given', async () => {
    await recognize(start({ delayMs: 120 }), { seconds: 1 });
    expect(emulator.answerTimesMs[0]).toBeGreaterThan(110);
  });

  it('leaves no connection behind', async () => {
    await recognize(start(), { seconds: 1 });
    await vi.waitFor(() => expect(emulator.openConnections).toBe(0));
    expect(emulator.counts.connectionsOpened).toBe(1);
  });

  it('refuses more connections than it may have', async () => {
    start({ maxConnections: 1 });
    const credential = credentialOf(emulator, await fetchToken(emulator));
    const socket = await openSocket(emulator, await fetchToken(emulator));
    const { cancellation } = await recognize(emulator, { seconds: 1, credential });
    expect(cancellation?.details).toContain('status code: 503');
    expect(emulator.counts.speech).toEqual({ overloaded: 5 });
    socket.close();
  });

  it('takes the token from a header, as a client that can send headers does', async () => {
    WebsocketMessageAdapter.forceNpmWebSocket = true;
    try {
      const { text } = await recognize(start(), { seconds: 1 });
      expect(text).toBe(textFor(1, 'en-US'));
    } finally {
      WebsocketMessageAdapter.forceNpmWebSocket = false;
    }
  });
});

describe('the token of a websocket', () => {
  it.each([
    ['of nobody', async () => 'made-up'],
    ['for another audience', () => fetchToken(emulator, 'https://vault.azure.net')],
  ])('%s is refused', async (_, tokenOf) => {
    start();
    const credential = credentialOf(emulator, await tokenOf());
    const { cancellation } = await recognize(emulator, { seconds: 1, credential });
    expect(cancellation?.code).toBe('ConnectionFailure');
    expect(cancellation?.details).toContain('StatusCode: 1006');
    expect(cancellation?.details).toContain('Expected 101 status code: 401');
  });

  it('that has expired is refused', async () => {
    start({ tokenLifetimeSeconds: 0 });
    const { cancellation } = await recognize(emulator, { seconds: 1 });
    expect(cancellation?.details).toContain('Expected 101 status code: 401');
    expect(emulator.counts.speech).toEqual({ unauthorized: 5 });
  });

  it('for the service may end in a slash, as its audience', async () => {
    start();
    const token = await fetchToken(emulator, 'https://cognitiveservices.azure.com/');
    const { text } = await recognize(emulator, {
      seconds: 1,
      credential: credentialOf(emulator, token),
    });
    expect(text).toBe(textFor(1, 'en-US'));
  });
});

describe('a fault of the websocket, as the SDK sees it,', () => {
  it.each<[Fault, number]>([
    ['unauthorized', 401],
    ['forbidden', 403],
    ['throttled', 429],
    ['internal', 500],
    ['unavailable', 503],
  ])('%s: five attempts, then a connection failure that names %i', async (fault, status) => {
    start().addRule({ fault, on: 'speech' });
    const { events, cancellation } = await recognize(emulator, { seconds: 1 });
    expect(events).toEqual(['canceled']);
    expect(cancellation).toMatchObject({ reason: 'Error', code: 'ConnectionFailure' });
    expect(cancellation?.details).toContain(`Expected 101 status code: ${status}`);
    expect(emulator.counts.speech).toEqual({ [fault]: 5 });
  });

  it('throttled once: nothing, since the next attempt is let in', async () => {
    start().addRule({ fault: 'throttled', on: 'speech', times: 1 });
    const { text } = await recognize(emulator, { seconds: 1 });
    expect(text).toBe(textFor(1, 'en-US'));
    expect(emulator.counts.speech).toEqual({ throttled: 1, ok: 1 });
  });

  it('throttled-1007: bad parameters, with the reason', async () => {
    start().addRule({ fault: 'throttled-1007' });
    const { events, cancellation } = await recognize(emulator, { seconds: 1 });
    expect(events).toEqual(['connected', 'disconnected', 'canceled']);
    expect(cancellation).toMatchObject({ reason: 'Error', code: 'BadRequestParameters' });
    expect(cancellation?.details).toMatch(/^Quota exceeded.*websocket error code: 1007$/);
  });

  it('slow: the same, later', async () => {
    start().addRule({ fault: 'slow', on: 'speech', delayMs: 150 });
    const { text } = await recognize(emulator, { seconds: 1 });
    expect(text).toBe(textFor(1, 'en-US'));
    expect(emulator.answerTimesMs[0]).toBeGreaterThan(140);
  });

  it('stall: a connection and then nothing at all', async () => {
    start().addRule({ fault: 'stall', on: 'speech' });
    const { events, timedOut } = await recognize(emulator, { seconds: 4, deadlineMs: 200 });
    expect(events).toEqual(['connected']);
    expect(timedOut).toBe(true);
  });

  it('garbage: silence, since the SDK stops to listen', async () => {
    start().addRule({ fault: 'garbage', on: 'speech' });
    const { events, timedOut } = await recognize(emulator, { seconds: 4, deadlineMs: 200 });
    expect(events).toEqual(['connected', 'speechStartDetected']);
    expect(timedOut).toBe(true);
    expect(emulator.counts.speech).toEqual({ garbage: 1 });
  });

  it('hang-up: it connects again by itself and then hears nothing more', async () => {
    start().addRule({ fault: 'hang-up', on: 'speech', times: 1 });
    const { events, timedOut } = await recognize(emulator, { seconds: 4, deadlineMs: 300 });
    expect(events).toEqual(['connected', 'speechStartDetected', 'disconnected', 'connected']);
    expect(timedOut).toBe(true);
    expect(emulator.counts.speech['hang-up']).toBe(1);
  });

  it('expired-token: it is let in again with a new token only', async () => {
    start().addRule({ fault: 'expired-token', on: 'speech', times: 1 });
    const token = await fetchToken(emulator);
    const credential = credentialOf(emulator, token);
    await recognize(emulator, { seconds: 1, credential, deadlineMs: 300 });
    expect(emulator.counts.speech['expired-token']).toBe(1);
    const again = await recognize(emulator, { seconds: 1, credential });
    expect(again.cancellation?.details).toContain('status code: 401');
    const renewed = await recognize(emulator, { seconds: 1 });
    expect(renewed.text).toBe(textFor(1, 'en-US'));
  });

  it('in one language spares the others, candidates included', async () => {
    start().addRule({ fault: 'throttled-1007', language: 'de-DE' });
    const requests = ['en-US', 'de-de', ['fr-FR', 'de-DE'], ['fr-FR', 'it-IT']];
    const heard = await Promise.all(
      requests.map((language) => recognize(emulator, { seconds: 1, language })),
    );
    expect(heard.map(({ cancellation }) => cancellation?.code)).toEqual([
      'NoError',
      'BadRequestParameters',
      'BadRequestParameters',
      'NoError',
    ]);
  });
});
