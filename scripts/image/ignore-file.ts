/** Which files `.dockerignore` leaves out, by Docker's rules: the last pattern that matches a path or a folder above it wins. */

interface Pattern {
  readonly expression: RegExp;
  readonly ignores: boolean;
}

/** Answers for repository-relative paths with slashes. */
export function parseIgnoreFile(text: string): (path: string) => boolean {
  const patterns: Pattern[] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const ignores = !line.startsWith('!');
      return { expression: expressionOf(ignores ? line : line.slice(1)), ignores };
    });
  return (path) => {
    const parts = path.split('/');
    const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = patterns.findLast(({ expression }) =>
      prefixes.some((prefix) => expression.test(prefix)),
    );
    return last?.ignores ?? false;
  };
}

/** `*` stays within a folder, `**` is any number of folders. @throws for what our file has no need of. */
function expressionOf(pattern: string): RegExp {
  if (/[?[\]\\]/.test(pattern) || pattern.startsWith('/')) {
    throw new Error(
      `.dockerignore: "${pattern}" is not among what scripts/image/ignore-file.ts reads.`,
    );
  }
  const source = pattern
    .split('/')
    .map((part, index, parts) => {
      if (part === '**') return index === parts.length - 1 ? '.*' : '(?:[^/]+/)*';
      const segment = part.replace(/[.+^${}()|]/g, String.raw`\$&`).replaceAll('*', '[^/]*');
      return index === parts.length - 1 ? segment : `${segment}/`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}
