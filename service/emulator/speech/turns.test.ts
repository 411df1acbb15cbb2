import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEmulator, textFor } from '../index.ts';
import type { Emulator } from '../index.ts';
import { wav } from '../test-audio.ts';
import { fetchToken, openSocket } from '../test-clients.ts';

interface Message {
  readonly requestId: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

let emulator: Emulator;
let socket: WebSocket;
let messages: Message[];

beforeEach(async () => {
  emulator = createEmulator();
  await connect();
});
afterEach(() => emulator.stop());

async function connect(path?: string): Promise<void> {
  socket = await openSocket(emulator, await fetchToken(emulator), {}, path);
  messages = [];
  socket.addEventListener('message', ({ data }) => {
    const [head = '', body = ''] = String(data).split('\r\n\r\n');
    const value = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(head)?.[1] ?? '';
    messages.push({
      requestId: value('X-RequestId'),
      path: value('Path'),
      body: JSON.parse(body) as Record<string, unknown>,
    });
  });
}

const head = (path: string, requestId: string) => `Path: ${path}\r\nX-RequestId: ${requestId}\r\n`;

function sendContext(requestId: string, context: unknown): void {
  socket.send(`${head('speech.context', requestId)}\r\n${JSON.stringify(context)}`);
}

function sendAudio(requestId: string, payload: Uint8Array): void {
  const header = Buffer.from(head('audio', requestId));
  const length = Buffer.from([header.length >> 8, header.length & 0xff]);
  socket.send(Buffer.concat([length, header, payload]));
}

function speak(requestId: string, seconds: number, frameBytes = 32_000, amplitude?: number): void {
  const bytes = wav(seconds, amplitude);
  sendAudio(requestId, bytes.subarray(0, 44));
  for (let at = 44; at < bytes.length; at += frameBytes) {
    sendAudio(requestId, bytes.subarray(at, at + frameBytes));
  }
  sendAudio(requestId, new Uint8Array(0));
}

function textOf(requestId: string): string {
  return messages
    .filter((message) => message.requestId === requestId && message.path === 'speech.phrase')
    .flatMap(({ body }) => (typeof body['DisplayText'] === 'string' ? [body['DisplayText']] : []))
    .join(' ');
}

const ended = (requestId: string) =>
  vi.waitFor(() => {
    const paths = messages.filter((message) => message.requestId === requestId);
    expect(paths.at(-1)?.path).toBe('turn.end');
  });

const closed = () =>
  new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));

describe('a turn', () => {
  it('says its messages in order, the last one with the end of the audio', async () => {
    speak('a', 4);
    await ended('a');
    expect(messages.map(({ path }) => path)).toEqual([
      'turn.start',
      'speech.startDetected',
      'speech.hypothesis',
      'speech.phrase',
      'speech.hypothesis',
      'speech.phrase',
      'speech.endDetected',
      'speech.phrase',
      'turn.end',
    ]);
    expect(messages[7]?.body).toEqual({
      RecognitionStatus: 'EndOfDictation',
      Offset: 40_000_000,
      Duration: 0,
    });
  });

  it('follows another on the same connection', async () => {
    speak('a', 1);
    await ended('a');
    speak('b', 2);
    await ended('b');
    expect(textOf('a')).toBe(textFor(1, 'en-US'));
    expect(textOf('b')).toBe(textFor(2, 'en-US'));
    expect(emulator.counts).toMatchObject({ connectionsOpened: 1, turnsAnswered: 2 });
  });

  it('says the first phrases while the audio still comes', async () => {
    sendAudio('a', wav(3.5));
    await vi.waitFor(() => expect(textOf('a')).toBe('Part one in en-US goes on,'));
    expect(emulator.counts.turnsAnswered).toBe(0);
  });

  it('measures frames of any length', async () => {
    speak('a', 2.5, 3333);
    await ended('a');
    expect(textOf('a')).toBe(textFor(2.5, 'en-US'));
  });

  it('is as silent in frames that cut samples in half', async () => {
    speak('a', 1, 3333, 1);
    await ended('a');
    expect(emulator.counts.speech).toEqual({ silence: 1 });
  });

  it('of one phrase ends before its audio does', async () => {
    sendContext('a', { phraseDetection: { mode: 'Interactive', language: 'fr-FR' } });
    sendAudio('a', wav(3.5));
    await ended('a');
    expect(textOf('a')).toBe('Part one in fr-FR goes on,');
    expect(messages.at(-2)?.path).toBe('speech.endDetected');
  });

  it('says words only to who asked for them', async () => {
    sendContext('a', { phraseOutput: { format: 'Detailed' } });
    speak('a', 1);
    sendContext('b', {
      phraseOutput: { format: 'Detailed', detailed: { options: ['WordTimings'] } },
    });
    speak('b', 1);
    await ended('b');
    const [a, b] = ['a', 'b'].map((id) =>
      JSON.stringify(messages.filter(({ requestId }) => requestId === id)),
    );
    expect(a).toContain('"NBest"');
    expect(a).not.toContain('"Words"');
    expect(b).toContain('"Words"');
  });

  it('that the client leaves is counted as abandoned', async () => {
    sendAudio('a', wav(1));
    await vi.waitFor(() => expect(messages).not.toEqual([]));
    socket.close();
    await vi.waitFor(() => expect(emulator.counts.speech).toEqual({ abandoned: 1 }));
  });
});

describe('a connection', () => {
  it.each(['no headers', 'Path: audio\r\n\r\nno request id'])('ends with: %j', async (frame) => {
    const end = closed();
    socket.send(frame);
    expect(await end).toMatchObject({ code: 1007, reason: expect.stringContaining('X-RequestId') });
  });

  it('ends with a frame that is shorter than it says', async () => {
    const end = closed();
    socket.send(Uint8Array.of(1, 0, 65));
    expect(await end).toMatchObject({ code: 1007 });
  });

  it('takes the older addresses too', async () => {
    await connect('/speech/recognition/conversation/cognitiveservices/v1');
    speak('a', 1);
    await ended('a');
    expect(textOf('a')).toBe(textFor(1, 'en-US'));
  });

  it('is where the redirect says', async () => {
    const path = '/stt/speech/universal/v2';
    const answer = await fetch(`${emulator.url}${path}?GenerateRedirectResponse=true`);
    expect(await answer.text()).toBe(`${emulator.url.replace('http', 'ws')}${path}`);
  });

  it('is no address for a plain request', async () => {
    const answer = await fetch(`${emulator.url}/stt/speech/universal/v2`);
    expect(answer.status).toBe(426);
  });

  it('that identifies the language is refused for no language of its address', async () => {
    emulator.addRule({ fault: 'unavailable', on: 'speech', language: 'de-DE' });
    const token = await fetchToken(emulator);
    await expect(openSocket(emulator, token, { language: 'de-DE' })).rejects.toBeDefined();
    const query = { language: 'de-DE', lidEnabled: 'true' };
    await expect(openSocket(emulator, token, query)).resolves.toBeDefined();
  });

  it('is refused without a token', async () => {
    const address = `${emulator.url}/stt/speech/universal/v2`;
    const headers = { Upgrade: 'websocket', Connection: 'Upgrade' };
    const answer = await fetch(address, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('no bearer') });
  });
});
