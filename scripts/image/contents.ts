/** Looks at an image's files: whether two are alike, and what the parts of one weigh. */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUN_PATH } from './perform.ts';
import { bytesOf, filesUnder } from './prune-steps.ts';

/** Paths that only one of two folders has, or that are another file or link there. */
export function differences(one: string, other: string): string[] {
  const [here, there] = [digests(one), digests(other)];
  return [...new Set([...here.keys(), ...there.keys()])].filter(
    (path) => here.get(path) !== there.get(path),
  );
}

function digests(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries.flatMap((entry) => {
      if (entry.isDirectory()) return [];
      const path = join(entry.parentPath, entry.name);
      const digest = entry.isSymbolicLink() ? readlinkSync(path) : Bun.hash(readFileSync(path));
      return [[relative(folder, path), String(digest)] as const];
    }),
  );
}

/** Bytes of each part of an image whose `/` is `root`, and of all of it. */
export function weights(root: string): Record<string, number> {
  const app = join(root, 'app');
  const modules = filesUnder(join(app, 'node_modules'));
  const sum = (part: string) =>
    modules.reduce((bytes, path) => bytes + (path.includes(part) ? statSync(path).size : 0), 0);
  const models = sum('/model/');
  const runtime = sum('/onnxruntime-node/');
  const bun = statSync(join(root, BUN_PATH)).size;
  const whole = bytesOf(root);
  return {
    'moonshine-base': sum('/model/base/'),
    'moonshine-tiny': sum('/model/tiny/'),
    'ONNX Runtime': runtime,
    Bun: bun,
    'the service and its other packages': bytesOf(app) - models - runtime,
    'the base image without Bun': whole - bytesOf(app) - bun,
    'unpacked in all': whole,
  };
}
