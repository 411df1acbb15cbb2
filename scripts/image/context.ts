/** What goes into the image: the files that service/Dockerfile copies, their hash, and a directory with nothing else. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDockerfile } from './dockerfile.ts';
import { parseIgnoreFile } from './ignore-file.ts';

export const DOCKERFILE = 'service/Dockerfile';

export interface ImageContext {
  /** Repository-relative paths, sorted: the Dockerfile and all it copies. */
  readonly files: readonly string[];
  /** SHA-256 in hexadecimal over path, executable bit and content of each file. */
  readonly hash: string;
}

interface ContextFile {
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** Reads the context under `root`, the repository. @throws when the Dockerfile copies what is not there or left out. */
export function imageContext(root: string): ImageContext {
  return described(readContext(root));
}

/**
 * Writes the context of `root` into `directory`, which must be new or empty, and describes what was written: a build
 * from there gets exactly what was hashed. Modes are 0644 and 0755, whatever the umask of the checkout was.
 */
export function stageContext(root: string, directory: string): ImageContext {
  mkdirSync(directory, { recursive: true });
  const strangers = readdirSync(directory);
  if (strangers.length > 0) {
    throw new Error(`${directory} holds ${strangers[0]} already: name an empty directory.`);
  }
  const files = readContext(root);
  for (const { path, executable, content } of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode: executable ? 0o755 : 0o644 });
  }
  return described(files);
}

/** The image's tag: the same files give the same tag, so a registry that has it needs no build. */
export function imageTag(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`"${hash}" is no hash of imageContext().`);
  return `sha-${hash.slice(0, 16)}`;
}

/** Paths that the Dockerfile copies and `.dockerignore` lets through, sorted. */
export function contextPaths(root: string): string[] {
  const isIgnored = parseIgnoreFile(readFileSync(join(root, '.dockerignore'), 'utf8'));
  const sources = parseDockerfile(readFileSync(join(root, DOCKERFILE), 'utf8')).flatMap((step) =>
    step.kind === 'COPY' && step.from === null ? step.sources : [],
  );
  const paths = new Set<string>();
  for (const source of [DOCKERFILE, ...sources]) {
    const found = filesUnder(root, source).filter((path) => !isIgnored(path));
    if (found.length === 0) {
      throw new Error(`${DOCKERFILE} copies ${source}, and .dockerignore leaves it out.`);
    }
    for (const path of found) paths.add(path);
  }
  // By code unit: a locale's order would give another hash on another machine.
  return [...paths].toSorted((a, b) => (a < b ? -1 : 1));
}

function readContext(root: string): ContextFile[] {
  return contextPaths(root).map((path) => ({
    path,
    executable: (lstatSync(join(root, path)).mode & 0o100) !== 0,
    content: readFileSync(join(root, path)),
  }));
}

function described(files: readonly ContextFile[]): ImageContext {
  const hash = createHash('sha256');
  for (const { path, executable, content } of files) {
    // The length keeps the end of one file apart from the start of the next.
    hash.update(`${path}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content);
  }
  return { files: files.map(({ path }) => path), hash: hash.digest('hex') };
}

function filesUnder(root: string, path: string): string[] {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`${DOCKERFILE} copies ${path}, which is not there.`);
  if (stat.isDirectory()) {
    return readdirSync(join(root, path)).flatMap((name) => filesUnder(root, `${path}/${name}`));
  }
  if (!stat.isFile()) throw new Error(`${path} is neither a file nor a folder.`);
  return [path];
}
