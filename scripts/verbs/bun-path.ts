/** PATH for Pulumi, whose host for Bun programs looks for `bun` there. */
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { Environment } from './session.ts';

/** Ours comes first, where it is called `bun`: the one from npm is so only as a link. */
export function pathWithBun(root: string, env: Environment): string {
  const links = join(root, '.tools/node_modules/.bin');
  const own = basename(process.execPath) === 'bun' ? dirname(process.execPath) : links;
  const path = env['PATH'] ?? '';
  return existsSync(join(own, 'bun')) ? `${own}${delimiter}${path}` : path;
}
