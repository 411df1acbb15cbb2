/** Reaches files of installed packages that are no part of what the packages export. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Absolute path of `file` within the package `name`. Throws where the package is not installed. */
function pathIn(name: string, file: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), file);
}

export function readInstalled(name: string, file: string): string {
  return readFileSync(pathIn(name, file), 'utf8');
}

/** Evaluates one module alone, and not the large package around it. */
export function loadInstalled(name: string, file: string): Readonly<Record<string, unknown>> {
  return require(pathIn(name, file)) as Readonly<Record<string, unknown>>;
}
