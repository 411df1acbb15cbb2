/** How a verb speaks: numbered steps with ticks through clack in a terminal, plain lines everywhere else. */
import { styleText } from 'node:util';
import { intro, log, outro } from '@clack/prompts';

const CLEAR_LINE = '\r\u001B[2K';
/** Without a terminal a countdown is a line now and then. */
const PLAIN_COUNTDOWN_MS = 30_000;

export interface Say {
  /** `steps` is how many there will be. */
  begin(title: string, steps: number): void;
  step(text: string): void;
  /** Something is as it should be. */
  done(text: string): void;
  note(text: string): void;
  warn(text: string): void;
  fail(text: string): void;
  /** Lines to copy, untouched. */
  plain(text: string): void;
  /** Output of a program, as it comes. */
  stream(chunk: string): void;
  /** The line that is rewritten while something is waited for; `nowMs` spaces the lines where none can be rewritten. */
  countdown(text: string, nowMs: number): void;
  countdownOver(): void;
  end(text: string): void;
}

interface Output {
  write(text: string): unknown;
  /** Of a terminal. */
  readonly columns?: number;
}

/** Of the bar and the mark before a line. */
const MARGIN = 3;
const DEFAULT_COLUMNS = 80;

export function terminalSay(out: Output = process.stdout): Say {
  let total = 0;
  let number = 0;
  const width = () => Math.max(20, (out.columns || DEFAULT_COLUMNS) - MARGIN);
  const marked = (symbol: string, text: string) =>
    log.message(wrapped(text, width()), { symbol, spacing: 0 });
  return {
    begin(title, steps) {
      total = steps;
      intro(title);
    },
    step: (text) => log.step(`${(number += 1)}/${total} ${text}`),
    done: (text) => marked(styleText('green', '✔'), text),
    note: (text) => marked(styleText('blue', '·'), text),
    warn: (text) => marked(styleText('yellow', '▲'), text),
    fail: (text) => log.error(wrapped(text, width())),
    plain: (text) => void out.write(`${text}\n`),
    stream: (chunk) => void out.write(chunk),
    countdown: (text) => void out.write(`${CLEAR_LINE}│  ${text.slice(0, width())}`),
    countdownOver: () => void out.write(CLEAR_LINE),
    end: (text) => outro(text),
  };
}

export function plainSay(out: Output = process.stdout, err: Output = process.stderr): Say {
  let total = 0;
  let number = 0;
  let lastCountdownMs: number | null = null;
  const line = (mark: string, text: string) => void out.write(`  ${mark} ${text}\n`);
  return {
    begin(title, steps) {
      total = steps;
      out.write(`${title}\n`);
    },
    step: (text) => void out.write(`\n[${(number += 1)}/${total}] ${text}\n`),
    done: (text) => line('✓', text),
    note: (text) => line('·', text),
    warn: (text) => line('!', text),
    fail: (text) => void err.write(`\n${text}\n`),
    plain: (text) => void out.write(`${text}\n`),
    stream: (chunk) => void out.write(chunk),
    countdown(text, nowMs) {
      if (lastCountdownMs !== null && nowMs - lastCountdownMs < PLAIN_COUNTDOWN_MS) return;
      lastCountdownMs = nowMs;
      line('…', text);
    },
    countdownOver() {
      lastCountdownMs = null;
    },
    end: (text) => void out.write(`\n${text}\n`),
  };
}

/** Broken between words, so that no line leaves the bar; what has no space stays whole. */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = [];
      let current = '';
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > columns) {
          lines.push(current);
          current = word;
        } else {
          current = current === '' ? word : `${current} ${word}`;
        }
      }
      return [...lines, current].join('\n');
    })
    .join('\n');
}
