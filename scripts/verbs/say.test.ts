import { describe, expect, it } from 'vitest';
import { waitFor } from './countdown.ts';
import { plainSay, terminalSay } from './say.ts';

describe('what is said', () => {
  const capture = () => {
    const written: string[] = [];
    return { written, output: { write: (text: string) => written.push(text) } };
  };
  const counting = (say: ReturnType<typeof plainSay>) => {
    let nowMs = 0;
    const clock = {
      now: () => nowMs,
      sleep: async (milliseconds: number) => void (nowMs += milliseconds),
    };
    return waitFor({ clock, say }, { everyMs: 10_000, limitMs: 95_000 }, async () => ({
      waitingFor: 'Azure sleeps',
    }));
  };

  it('counts down in one line on a terminal', async () => {
    const { written, output } = capture();
    expect(await counting(terminalSay(output))).toEqual({ waitingFor: 'Azure sleeps' });
    expect(written).toHaveLength(96);
    expect(written.every((text) => text.startsWith('\r\u001B[2K') && !text.includes('\n'))).toBe(
      true,
    );
    expect(written[0]).toContain('Azure sleeps; 1:35 left, next try in 10 s');
    expect(written.at(-1)).toBe('\r\u001B[2K');
  });

  it('counts down with a line each half minute elsewhere', async () => {
    const { written, output } = capture();
    await counting(plainSay(output));
    expect(written.map((text) => /(\d:\d\d) left/.exec(text)?.[1])).toEqual([
      '1:35',
      '1:05',
      '0:35',
      '0:05',
    ]);
  });
});
