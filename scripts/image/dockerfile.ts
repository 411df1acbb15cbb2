/** Reads exactly the Dockerfile instructions that ours uses, and refuses every other. */

export type Instruction =
  | { readonly kind: 'ARG'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'FROM'; readonly image: string; readonly name: string | null }
  | { readonly kind: 'WORKDIR'; readonly path: string }
  | {
      readonly kind: 'COPY';
      /** The stage it copies from; null: the build context. */
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'RUN'; readonly command: string }
  | { readonly kind: 'ENV' | 'LABEL'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: 'EXPOSE'; readonly ports: readonly number[] }
  | { readonly kind: 'USER' | 'STOPSIGNAL'; readonly value: string }
  | { readonly kind: 'HEALTHCHECK' | 'ENTRYPOINT' | 'CMD'; readonly command: readonly string[] };

/** Thrown for a line that this reader does not know: teach it here and in `perform.ts`, or write the line otherwise. */
export class DockerfileError extends Error {
  override readonly name = 'DockerfileError';
}

/** @throws DockerfileError with the number of the line. */
export function parseDockerfile(text: string): Instruction[] {
  return joinedLines(text).map(({ line, number }) => {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const parsed = PARSERS[keyword]?.(rest.trim());
    if (parsed === undefined || parsed === null) {
      throw new DockerfileError(
        `service/Dockerfile, line ${number}: "${line}" is not among what scripts/image/dockerfile.ts reads.`,
      );
    }
    return parsed;
  });
}

/** Puts the values of `${NAME}` in. @throws DockerfileError for a name without a value. */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) {
      throw new DockerfileError(`service/Dockerfile: nothing gives \${${name}} a value here.`);
    }
    return value;
  });
}

/** Lines without comments, continued ones joined; the number is that of the first. */
function joinedLines(text: string): { line: string; number: number }[] {
  const joined: { line: string; number: number }[] = [];
  let open: { line: string; number: number } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const continued = raw.endsWith('\\');
    const line = (continued ? raw.slice(0, -1) : raw).trim();
    if (open === null) open = { line, number: index + 1 };
    else open.line += ` ${line}`;
    if (continued) continue;
    joined.push(open);
    open = null;
  }
  if (open !== null) throw new DockerfileError('service/Dockerfile ends in a continued line.');
  return joined;
}

const PARSERS: Readonly<Record<string, (rest: string) => Instruction | null>> = {
  ARG(rest) {
    const [, name, value] = /^(\w+)(?:=(\S*))?$/.exec(rest) ?? [];
    return name === undefined ? null : { kind: 'ARG', name, value: value ?? null };
  },
  FROM(rest) {
    const [, image, name] = /^(\S+)(?: AS (\w+))?$/.exec(rest) ?? [];
    return image === undefined ? null : { kind: 'FROM', image, name: name ?? null };
  },
  WORKDIR: (rest) => (rest.startsWith('/') ? { kind: 'WORKDIR', path: rest } : null),
  COPY(rest) {
    const [, from, paths = ''] = /^(?:--from=(\w+) )?([^-\s*?[].*)$/.exec(rest) ?? [];
    const sources = paths.split(/\s+/);
    const target = sources.pop();
    if (target === undefined || sources.length === 0 || /[*?[]/.test(paths)) return null;
    return { kind: 'COPY', from: from ?? null, sources, target };
  },
  RUN: (rest) => (/^[-[]/.test(rest) ? null : { kind: 'RUN', command: rest }),
  ENV: (rest) => pairs('ENV', rest),
  LABEL: (rest) => pairs('LABEL', rest),
  EXPOSE: (rest) =>
    /^\d+( \d+)*$/.test(rest) ? { kind: 'EXPOSE', ports: rest.split(' ').map(Number) } : null,
  // A number, so that Kubernetes can tell that it is not root.
  USER: (rest) => (/^\d+:\d+$/.test(rest) ? { kind: 'USER', value: rest } : null),
  STOPSIGNAL: (rest) => ({ kind: 'STOPSIGNAL', value: rest }),
  HEALTHCHECK(rest) {
    const [, command] = /^(?:--[a-z-]+=\w+ )*CMD (.*)$/.exec(rest) ?? [];
    return command === undefined ? null : execForm('HEALTHCHECK', command);
  },
  ENTRYPOINT: (rest) => execForm('ENTRYPOINT', rest),
  CMD: (rest) => execForm('CMD', rest),
};

function pairs(kind: 'ENV' | 'LABEL', rest: string): Instruction | null {
  const found = [...rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))(?:\s+|$)/g)];
  if (found.map(([whole]) => whole).join('') !== rest) return null;
  return {
    kind,
    pairs: found.map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? ''] as const),
  };
}

/** A command as a JSON array: no shell stands between it and the signals. */
function execForm(kind: 'HEALTHCHECK' | 'ENTRYPOINT' | 'CMD', rest: string): Instruction | null {
  try {
    const command: unknown = JSON.parse(rest);
    const isCommand =
      Array.isArray(command) && command.every((part): part is string => typeof part === 'string');
    return isCommand ? { kind, command } : null;
  } catch {
    return null;
  }
}
