/** A mirror on the loopback that serves one archive, well or badly. */
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLL_MS = 5;

export interface Seen {
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** How a request is answered. */
export interface Manner {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly etag?: string;
  /** Instead of the archive. */
  readonly body?: Uint8Array;
  readonly ignoresRange?: boolean;
  /** Lets the answer say another range than was asked for. */
  readonly contentRange?: string;
  /** Without a length; ends when the connection does. */
  readonly withoutLength?: boolean;
  /** Sends so many bytes of what was asked for, and cuts the connection when they are written down. */
  readonly cutAfter?: number;
  /** Sends so many bytes of what was asked for, and then nothing more until it is released. */
  readonly holdAfter?: number;
  /** Not even an answer. */
  readonly silent?: boolean;
}

export interface Mirror {
  readonly url: string;
  /** Each request, in order. */
  readonly seen: readonly Seen[];
  /** The next requests are answered so, one each; afterwards as a good mirror does. */
  behave(...manners: readonly Manner[]): void;
  /** Sends what is held back. */
  release(): void;
  close(): Promise<void>;
}

/** `part` is where its client writes. */
export async function startMirror(archive: Uint8Array, part: string): Promise<Mirror> {
  const seen: Seen[] = [];
  let manners: Manner[] = [];
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    seen.push({
      range: request.headers.range ?? null,
      ifRange: (request.headers['if-range'] as string | undefined) ?? null,
    });
    const manner = manners.shift() ?? {};
    if (!manner.silent) answer({ archive, part, manner, held }, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/resources/12/test-clean.tar.gz`,
    seen,
    behave: (...next) => {
      manners = [...next];
    },
    release: () => held.splice(0).forEach((send) => send()),
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

interface Answering {
  readonly archive: Uint8Array;
  readonly part: string;
  readonly manner: Manner;
  readonly held: (() => void)[];
}

function answer(
  { archive, part, manner, held }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const whole = manner.body ?? archive;
  const etag = manner.etag ?? '"one"';
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const ifRange = request.headers['if-range'];
  const ranged =
    from !== undefined && !manner.ignoresRange && (ifRange === undefined || ifRange === etag);
  const start = ranged ? Number(from) : 0;
  const status = manner.status ?? (ranged ? (start >= whole.length ? 416 : 206) : 200);
  const body = whole.subarray(start);
  const headers: Record<string, string> = {
    'content-type': 'application/x-gzip',
    etag,
    ...(status === 206
      ? {
          'content-range':
            manner.contentRange ?? `bytes ${start}-${whole.length - 1}/${whole.length}`,
        }
      : {}),
    ...(manner.withoutLength ? {} : { 'content-length': String(body.length) }),
    ...manner.headers,
  };
  response.writeHead(status, headers);
  const stop = manner.cutAfter ?? manner.holdAfter;
  if (stop === undefined) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  if (stop > 0) response.write(body.subarray(0, stop));
  if (manner.holdAfter !== undefined) {
    held.push(() => response.end(body.subarray(stop)));
  } else {
    const poll = setInterval(() => {
      const written = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
      if (written < start + stop) return;
      clearInterval(poll);
      response.socket?.destroy();
    }, POLL_MS);
  }
}
