/** A project directory in which pulumi may write a stack's configuration: the repository by links, and its own folder for that. */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** What the program reaches from its folder, besides Pulumi.yaml. */
const SHARED = ['service', 'dashboards', 'node_modules', 'package.json', 'bun.lock'];
const CONFIG = 'config';

/** Fills an empty directory; gives the file that holds the configuration of the stack. */
export function linkProject(directory: string, stack: string): string {
  cpSync(join(REPOSITORY, 'Pulumi.yaml'), join(directory, 'Pulumi.yaml'));
  for (const name of SHARED) symlinkSync(join(REPOSITORY, name), join(directory, name));
  const stacks = join(directory, 'stacks');
  mkdirSync(join(stacks, CONFIG), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, 'stacks'))) {
    if (name !== CONFIG) symlinkSync(join(REPOSITORY, 'stacks', name), join(stacks, name));
  }
  return join(stacks, CONFIG, `Pulumi.${stack}.yaml`);
}
