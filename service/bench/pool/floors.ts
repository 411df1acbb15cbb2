/** The floors: a bare subprocess with JSON messages and no pool at all. */
import { workerPath } from './contender.ts';
import type { StartContender } from './contender.ts';

interface Message {
  readonly id: number;
  readonly value: number;
}

interface BareChild {
  send(message: Message): void;
  stop(): Promise<void>;
}

async function startChild(onReply: (message: Message) => void): Promise<BareChild> {
  const ready = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, workerPath('floor.ts')], {
    serialization: 'json',
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc(message: Message | 'ready') {
      if (message === 'ready') ready.resolve();
      else onReply(message);
    },
  });
  await ready.promise;
  return {
    send: (message) => child.send(message),
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}

/**
 * One task outstanding per child, the rest wait in line: the least that a pool can cost whose kill of a
 * worker never touches a second task.
 */
export const floor: StartContender = async (workers) => {
  const waiting: [value: number, resolve: (value: number) => void][] = [];
  const idle: ((value: number, resolve: (value: number) => void) => void)[] = [];
  let lastId = 0;
  const children = await Promise.all(
    Array.from({ length: workers }, async () => {
      let running: ((value: number) => void) | undefined;
      const start = (value: number, resolve: (value: number) => void): void => {
        running = resolve;
        lastId += 1;
        child.send({ id: lastId, value });
      };
      const child = await startChild(({ value }) => {
        const resolve = running;
        const next = waiting.shift();
        if (next === undefined) idle.push(start);
        else start(...next);
        resolve?.(value);
      });
      idle.push(start);
      return child;
    }),
  );
  return {
    run: (value) =>
      new Promise((resolve) => {
        const start = idle.pop();
        if (start === undefined) waiting.push([value, resolve]);
        else start(value, resolve);
      }),
    stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
  };
};

/** For information: everything is sent at once, so one write carries many tasks and a kill loses all of them. */
export const floorPipelined: StartContender = async (workers) => {
  if (workers !== 1) throw new Error('the pipelined floor is one process');
  const waiting = new Map<number, (value: number) => void>();
  const child = await startChild(({ id, value }) => {
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  let lastId = 0;
  return {
    run: (value) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        child.send({ id: lastId, value });
      }),
    stop: () => child.stop(),
  };
};
