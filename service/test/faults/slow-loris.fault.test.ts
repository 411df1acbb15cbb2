import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ISOLATED, serve } from './served.ts';
import { shortClip } from './clip.ts';
import { slowClients } from './slow-clients.ts';
import type { SlowClients } from './slow-clients.ts';
import { learnText } from './uploads.ts';
import { counted, openFiles, say, until } from './waiting.ts';

const HEADERS_COUNT = 500;
const BODIES_COUNT = 200;
const STALL_SECONDS = 4;
/** What the service allows, and the few seconds to which Bun counts. */
const QUIET_BOUND_MS = 40_000;
/** Bun ends a connection whose first headers are not complete after some 12 s, whatever trickles in. */
const BOUND_MS = 25_000;
const GOOD_BEFORE = 10;
const BEAT_MS = 1_000;
/** Far beyond noise, far below what one starved request would take. */
const SLOWER_AT_MOST = 5;
const NOISE_MS = 100;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

it('hundreds of clients that trickle headers and bodies take nothing from good ones, and are gone in time', async () => {
  const service = await serve({
    PROCESS_POOL_SIZE: '1',
    STT_UPLOAD_STALL_SECONDS: String(STALL_SECONDS),
  });
  cleanups.push(() => service.dispose());
  const clip = shortClip();
  const text = await learnText(service, clip, 3);
  const before: number[] = [];
  for (let sent = 0; sent < GOOD_BEFORE; sent++) before.push((await service.send(clip)).ms);
  const filesBefore = openFiles(service.child.pid);

  const startedAt = performance.now();
  const crowd = (options: Parameters<typeof slowClients>[1]): SlowClients => {
    const clients = slowClients(service.url, options);
    cleanups.push(() => clients.dispose());
    return clients;
  };
  const headers = crowd({
    count: HEADERS_COUNT,
    head: `POST ${ISOLATED} HTTP/1.1\r\nHost: x\r\n`,
    morsel: 'X-A: b\r\n',
    beatMs: BEAT_MS,
  });
  const bodies = crowd({
    count: BODIES_COUNT,
    head: `POST ${ISOLATED} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\nContent-Length: 1000000\r\n\r\nRIFF`,
    morsel: 'x',
    beatMs: BEAT_MS,
  });
  await until(
    () => headers.opened === HEADERS_COUNT && bodies.opened === BODIES_COUNT,
    'all slow clients to be connected',
  );
  await until(() => service.spooled().length >= BODIES_COUNT, 'all slow bodies to be under way');

  const during: number[] = [];
  const withAllOpen: number[] = [];
  const outcomes: Record<string, number> = {};
  while (headers.open + bodies.open > 0 && performance.now() - startedAt < BOUND_MS) {
    const allOpen = headers.open === HEADERS_COUNT && bodies.open === BODIES_COUNT;
    const answer = await service.send(clip);
    during.push(answer.ms);
    if (allOpen) withAllOpen.push(answer.ms);
    const outcome = answer.text === text ? answer.outcome : `${answer.outcome}, other words`;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  const overMs = performance.now() - startedAt;
  say(
    `${during.length} good requests: ${counted(outcomes)}; median ${median(before).toFixed(0)} ms before, ` +
      `${median(withAllOpen).toFixed(0)} ms while all ${HEADERS_COUNT + BODIES_COUNT} were open (${withAllOpen.length} requests), ` +
      `${median(during).toFixed(0)} ms over all`,
  );
  say(
    `headers: ${counted(headers.ends)}, the last after ${(headers.longestMs / 1000).toFixed(1)} s; ` +
      `bodies: ${counted(bodies.ends)}, the last after ${(bodies.longestMs / 1000).toFixed(1)} s; all over after ${(overMs / 1000).toFixed(1)} s`,
  );

  expect(headers.open + bodies.open).toBe(0);
  expect(headers.ends).toEqual({ closed: HEADERS_COUNT });
  expect(bodies.ends).toEqual({ 'HTTP/1.1 408': BODIES_COUNT });
  expect(Object.keys(outcomes)).toEqual(['200']);
  expect(withAllOpen.length).toBeGreaterThan(0);
  expect(median(during)).toBeLessThan(median(before) * SLOWER_AT_MOST + NOISE_MS);
  await until(() => service.spooled().length === 0, 'the spool to be empty');
  await until(
    () => openFiles(service.child.pid) <= filesBefore + 2,
    'the connections of slow clients to be closed',
  );
});

it('a connection that stays open after its upload was answered is ended when it is quiet', async () => {
  const service = await serve({ PROCESS_POOL_SIZE: '1' });
  cleanups.push(() => service.dispose());
  const clip = shortClip();
  const head =
    `POST ${ISOLATED} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\n` +
    `Content-Length: ${clip.byteLength}\r\n\r\n`;
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  cleanups.push(() => socket.destroy());
  let answer = '';
  let isClosed = false;
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('close', () => (isClosed = true));
  socket.write(head);
  socket.write(clip);
  await until(() => answer.includes('HTTP/1.1 200'), 'the answer');
  const answeredAt = performance.now();
  await until(() => isClosed, 'the connection to be ended', QUIET_BOUND_MS);
  say(`ended ${((performance.now() - answeredAt) / 1000).toFixed(1)} s after its answer`);
});
