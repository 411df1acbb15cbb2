import { describe, expect, it } from 'vitest';
import { plainSay, terminalSay } from '../verbs/say.ts';
import { createProgress } from './progress.ts';

function setUp(terminal: boolean) {
  let nowMs = 0;
  let text = '';
  const output = { write: (chunk: string) => (text += chunk), columns: 100 };
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const say = terminal ? terminalSay(output) : plainSay(output, output);
  const progress = createProgress({ say, clock, terminal }, 'Download', {
    total: 346_663_984,
    already: 100_000_000,
  });
  return {
    said: () => text,
    progress,
    /** At so many bytes a second from what was there. */
    run(seconds: number, perSecond: number) {
      for (let tick = 0; tick < seconds * 10; tick += 1) {
        nowMs += 100;
        progress.at(100_000_000 + (nowMs / 1000) * perSecond);
      }
    },
  };
}

describe('progress', () => {
  it('is a line every five seconds where nobody watches, with speed and time left', () => {
    const { run, said, progress } = setUp(false);
    run(14, 10_000_000);
    progress.over();
    expect(said()).toBe(
      '  · Download 43 %, 150.0 MB of 346.7 MB, 10.0 MB/s, 0:20 left\n' +
        '  · Download 57 %, 200.0 MB of 346.7 MB, 10.0 MB/s, 0:15 left\n',
    );
  });

  it('is a bar that is rewritten in a terminal, and is gone when it is over', () => {
    const { run, said, progress } = setUp(true);
    run(5, 10_000_000);
    progress.over();
    const frames = said().split('\r\u001B[2K').slice(1);
    expect(frames).toHaveLength(26);
    expect(frames.at(-2)).toBe(
      '│  Download ██████░░░░░░░░░ 43 %, 150.0 MB of 346.7 MB, 10.0 MB/s, 0:20 left',
    );
    expect(frames.at(-1)).toBe('');
  });

  it('goes back where a download begins anew', () => {
    const { run, said, progress } = setUp(false);
    run(4, 1_000_000);
    progress.at(0);
    run(1, -19_000_000);
    expect(said()).not.toContain('-');
    expect(said()).toContain('Download 1 %, 5.0 MB of 346.7 MB');
  });
});
