/** Clients that keep a connection open by sending next to nothing, and what became of each. */
import { connect } from 'node:net';

export interface SlowClients {
  /** Connections that the service has not ended yet. */
  readonly open: number;
  readonly opened: number;
  /** How each ended: the status line of its answer, or "closed". */
  readonly ends: Readonly<Record<string, number>>;
  /** Ms from the opening of a connection to its end, of the one that lasted longest. */
  readonly longestMs: number;
  dispose(): void;
}

export interface SlowClientOptions {
  readonly count: number;
  /** Sent at once. */
  readonly head: string;
  /** Sent again and again, one a beat. */
  readonly morsel: string;
  readonly beatMs: number;
}

export function slowClients(url: string, options: SlowClientOptions): SlowClients {
  const port = Number(new URL(url).port);
  const ends: Record<string, number> = {};
  let opened = 0;
  let ended = 0;
  let longestMs = 0;
  const sockets = Array.from({ length: options.count }, () => {
    const socket = connect(port, '127.0.0.1');
    let openedAt = 0;
    let status = 'closed';
    socket.on('connect', () => {
      opened += 1;
      openedAt = performance.now();
      socket.write(options.head);
    });
    socket.on('data', (data: Buffer) => {
      status = /^HTTP\/1\.1 \d+/.exec(data.toString('latin1'))?.[0] ?? status;
      // The answer is all that an honest client waits for; what the service does to it counts, not what it does itself.
      if (status !== 'closed') socket.end();
    });
    // A reset is an end like any other.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      ended += 1;
      ends[status] = (ends[status] ?? 0) + 1;
      if (openedAt > 0) longestMs = Math.max(longestMs, performance.now() - openedAt);
    });
    return socket;
  });
  const beat = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(options.morsel);
  }, options.beatMs);
  return {
    get open() {
      return options.count - ended;
    },
    get opened() {
      return opened;
    },
    ends,
    get longestMs() {
      return longestMs;
    },
    dispose() {
      clearInterval(beat);
      for (const socket of sockets) socket.destroy();
    },
  };
}
