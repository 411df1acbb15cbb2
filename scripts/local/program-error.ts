/** What minikube or kubectl said as it failed. */
import type { Outcome } from '../verbs/programs.ts';

export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  readonly program: string;
  /** All of it; the message is the line that tells. */
  readonly text: string;

  constructor(program: string, { stdout, stderr, exitCode }: Outcome) {
    const text = `${stderr.trim()}\n${stdout.trim()}`.trim();
    super(tellingLine(text) ?? `${program} ended with ${exitCode} and said nothing`);
    this.program = program;
    this.text = text;
  }
}

/** Minikube says first what it did, then why it stops. */
function tellingLine(text: string): string | null {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  return lines.find((line) => /Exiting due to|^error/i.test(line)) ?? lines.at(-1) ?? null;
}
