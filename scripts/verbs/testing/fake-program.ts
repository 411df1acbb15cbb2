/** Writes a program that notes what it is told and answers by rules: a shell script, since it must start in a millisecond. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program answers to arguments that fit. */
export interface Rule {
  /** The arguments joined by spaces begin so; a star stands for anything. */
  readonly match: string;
  /** A text as it is, anything else as JSON. */
  readonly out?: unknown;
  readonly err?: string;
  readonly code?: number;
  /** For so many calls, then the next rule that fits answers; for ever when left out. */
  readonly times?: number;
  /** Shell that runs first; `$state` is a directory to keep things in. */
  readonly sh?: string;
}

export interface FakeProgram {
  readonly name: string;
  /** Where it is put. */
  readonly bin: string;
  /** Where it notes its calls and keeps its state. */
  readonly state: string;
  readonly rules: readonly Rule[];
}

/** Calls are noted in `state/calls`, standard input in `state/stdin`. */
export function writeFakeProgram({ name, bin, state, rules }: FakeProgram): void {
  const body = rules.map((rule, index) => branch(rule, `${name}.${index}`, state)).join('\n');
  const path = join(bin, name);
  writeFileSync(
    path,
    `#!/bin/sh
state='${state}'
printf '%s\\n' "${name} $*" >> "$state/calls"
all="$*"
${body}
echo "fake ${name}: no rule for $all" >&2
exit 99
`,
  );
  chmodSync(path, 0o755);
}

function branch({ match, out, err, code, times, sh }: Rule, id: string, state: string): string {
  const file = (kind: string, text: string): string => {
    const path = join(state, `${id}.${kind}`);
    writeFileSync(path, text);
    return path;
  };
  const answer = [
    sh ?? '',
    out === undefined
      ? ''
      : `cat '${file('out', typeof out === 'string' ? out : JSON.stringify(out))}'`,
    err === undefined ? '' : `cat '${file('err', err)}' >&2`,
    `exit ${code ?? 0}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
  const guarded =
    times === undefined
      ? answer
      : Array.from({ length: times }, (_, index) => {
          const mark = `"$state/${id}.used${index}"`;
          return `if [ ! -e ${mark} ]; then : > ${mark}\n${answer}\nfi`;
        }).join('\n');
  const pattern = match
    .split('*')
    .map((part) => (part === '' ? '' : `'${part}'`))
    .join('*');
  return `case "$all" in ${pattern}*)\n${guarded}\n;; esac`;
}
