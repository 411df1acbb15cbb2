/** Takes out of an installed node_modules what the running service never loads. Knows the layout of Bun's isolated linker. */
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LICENCE_FILE, README_FILE, RULES } from './prune-rules.ts';
import type { Rules } from './prune-rules.ts';

export type Architecture = 'x64' | 'arm64';

/** `e_machine` of an ELF header. */
const ELF_MACHINE = { x64: 0x3e, arm64: 0xb7 } as const;

/** First bytes of executables and libraries: ELF, PE, and Mach-O in its four forms. */
const BINARY = /^(7f454c46|4d5a|feedface|feedfacf|cefaedfe|cffaedfe|cafebabe)/;

interface Package {
  readonly name: string;
  readonly directory: string;
}

export interface Pruned {
  readonly packages: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Prunes `root/node_modules` for the service of `root/service`. Throws where a rule finds nothing to do, where a file
 * that the service needs is missing, and where a binary of another platform is left: then prune-rules.ts is out of date.
 */
export function prune(root: string, arch: Architecture, rules: Rules = RULES): Pruned {
  const store = join(root, 'node_modules/.bun');
  if (!existsSync(store))
    throw new Error(`${store} is missing: install with Bun's isolated linker.`);
  const bytesBefore = bytesOf(root);
  const unused = new Set(namesOf(rules));
  const reached = reachedPackages(root, store, rules, unused);
  const entries = new Set([...reached.values()].map(({ directory }) => entryOf(store, directory)));
  for (const name of readdirSync(store)) {
    if (name !== 'node_modules' && !entries.has(name)) remove(join(store, name));
  }
  for (const each of reached.values()) pruneFiles(each, arch, rules, unused);
  removeDeadLinks(root);
  if (unused.size > 0) {
    throw new Error(
      `prune-rules.ts names what is no longer installed: ${[...unused].join(', ')}. Take it out there.`,
    );
  }
  requireFiles(root, arch, rules);
  refuseForeignBinaries(root, arch);
  return { packages: reached.size, bytesBefore, bytesAfter: bytesOf(root) };
}

/** What the rules are called in the sentence that says that one of them has nothing to do. */
function namesOf(rules: Rules): string[] {
  return [
    ...Object.keys(rules.droppedPackages),
    ...Object.keys(rules.keptOfPackage),
    ...Object.keys(rules.droppedFiles),
    ...Object.entries(rules.droppedOfPackage).flatMap(([name, globs]) =>
      Object.keys(globs).map((glob) => ruleOf(name, glob)),
    ),
  ];
}

/** Packages that the service's own links lead to, by directory. */
function reachedPackages(
  root: string,
  store: string,
  rules: Rules,
  unused: Set<string>,
): Map<string, Package> {
  const reached = new Map<string, Package>();
  const open = linksIn(join(root, 'service/node_modules'));
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    if (link.name in rules.droppedPackages) {
      unused.delete(link.name);
      continue;
    }
    if (reached.has(link.directory)) continue;
    reached.set(link.directory, link);
    if (rules.keptOfPackage[link.name]?.dataOnly) continue;
    open.push(...linksIn(join(store, entryOf(store, link.directory), 'node_modules')));
  }
  return reached;
}

/** Packages that symbolic links in a node_modules folder point to. */
function linksIn(folder: string): Package[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith('@') && lstatSync(path).isDirectory()) {
      return linksIn(path).map((link) => ({ ...link, name: `${name}/${link.name}` }));
    }
    if (!lstatSync(path).isSymbolicLink()) return [];
    const directory = resolve(folder, readlinkSync(path));
    return existsSync(directory) ? [{ name, directory }] : [];
  });
}

function entryOf(store: string, directory: string): string {
  const [entry] = relative(store, directory).split(sep);
  if (entry === undefined || entry === '' || entry === '..') {
    throw new Error(`${directory} lies outside of ${store}.`);
  }
  return entry;
}

function pruneFiles(
  { name, directory }: Package,
  arch: Architecture,
  rules: Rules,
  unused: Set<string>,
): void {
  const kept = rules.keptOfPackage[name];
  if (kept !== undefined) unused.delete(name);
  const keep = kept?.keep.map((text) => new Bun.Glob(text.replaceAll('{arch}', arch)));
  const missed = new Set(keep);
  const drop = Object.keys({ ...rules.droppedFiles, ...rules.droppedOfPackage[name] }).map(
    (text) => ({
      rule: text in rules.droppedFiles ? text : ruleOf(name, text),
      glob: new Bun.Glob(text),
    }),
  );
  const paths = filesUnder(directory);
  const hasLicence = paths.some((path) => LICENCE_FILE.test(basename(path)));
  for (const path of paths) {
    const inside = relative(directory, path).split(sep).join('/');
    const wanted = keep?.find((glob) => glob.match(inside));
    if (wanted !== undefined) missed.delete(wanted);
    if (inside === 'package.json' || LICENCE_FILE.test(basename(inside))) continue;
    const dropped = drop.find(({ glob }) => glob.match(inside));
    if (dropped !== undefined) unused.delete(dropped.rule);
    // Written anew, not emptied: the installer's cache may share the file.
    if (inside === kept?.emptied) replace(path, '');
    else if (README_FILE.test(inside) ? hasLicence : dropped !== undefined || (keep && !wanted)) {
      remove(path);
    }
  }
  if (missed.size > 0) throw new Error(`${name} lacks what is kept of it: see prune-rules.ts.`);
}

const ruleOf = (name: string, glob: string) => `${glob} of ${name}`;

function requireFiles(root: string, arch: Architecture, rules: Rules): void {
  const entries = Object.entries(rules.keptOfPackage).flatMap(([name, { emptied }]) =>
    emptied === undefined ? [] : [`${name}/${emptied}`],
  );
  const missing = [...rules.required, ...entries]
    .map((path) => path.replaceAll('{arch}', arch))
    .filter((path) => !existsSync(join(root, 'service/node_modules', path)));
  if (missing.length > 0)
    throw new Error(`The service needs ${missing.join(', ')}: not installed.`);
}

function refuseForeignBinaries(root: string, arch: Architecture): void {
  const head = Buffer.alloc(20);
  for (const path of filesUnder(join(root, 'node_modules'))) {
    const file = openSync(path, 'r');
    const length = readSync(file, head, 0, head.length, 0);
    closeSync(file);
    const hex = head.toString('hex', 0, length);
    if (!BINARY.test(hex)) continue;
    if (hex.startsWith('7f454c46') && head.readUInt16LE(18) === ELF_MACHINE[arch]) continue;
    throw new Error(`${path} is a binary, and not one of linux/${arch}: see prune-rules.ts.`);
  }
}

/** Links to what is gone, and folders that are empty now. */
function removeDeadLinks(root: string): void {
  for (const folder of ['node_modules', 'service/node_modules']) sweep(join(root, folder));
}

function sweep(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sweep(path);
    else if (entry.isSymbolicLink() && !existsSync(resolve(dirname(path), readlinkSync(path)))) {
      remove(path);
    }
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Regular files; links are not followed. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Sum of the lengths of all regular files. */
export function bytesOf(folder: string): number {
  return filesUnder(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

function replace(path: string, content: string): void {
  remove(path);
  writeFileSync(path, content, { mode: 0o644 });
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
