/** Performs the steps of service/Dockerfile in folders of this machine, with this Bun in the place of the base image. */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DOCKERFILE, contextPaths } from './context.ts';
import { expand, parseDockerfile } from './dockerfile.ts';
import type { Instruction } from './dockerfile.ts';

/** Where the base image has Bun. */
export const BUN_PATH = 'usr/local/bin/bun';

export interface PerformedImage {
  /** The folder that stands for `/` of the last stage. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly number[];
  readonly stopSignal: string;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

interface Stage {
  readonly root: string;
  workdir: string;
  readonly values: Map<string, string>;
  readonly env: Record<string, string>;
  readonly labels: Record<string, string>;
  user: string;
  ports: readonly number[];
  stopSignal: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[];
}

/**
 * Performs all stages of `repository`'s Dockerfile under `directory`, an empty folder. Rejects with what a RUN step
 * wrote when it fails. Without root, `chown` in a RUN step does nothing.
 */
export async function performDockerfile(
  repository: string,
  directory: string,
  buildArgs: Readonly<Record<string, string>> = {},
): Promise<PerformedImage> {
  const context = contextPaths(repository);
  const globals = new Map<string, string>();
  const stages = new Map<string, Stage>();
  let stage: Stage | null = null;
  for (const step of parseDockerfile(readFileSync(join(repository, DOCKERFILE), 'utf8'))) {
    if (step.kind === 'FROM') {
      const name = step.name ?? `stage${stages.size}`;
      expand(step.image, globals);
      stage = newStage(join(directory, name));
      stages.set(name, stage);
    } else if (step.kind === 'ARG') {
      const value = buildArgs[step.name] ?? step.value ?? globals.get(step.name);
      if (value !== undefined) (stage?.values ?? globals).set(step.name, value);
    } else if (stage === null) {
      throw new Error(`${DOCKERFILE}: ${step.kind} stands before the first FROM.`);
    } else if (step.kind === 'COPY') {
      copy(step, stage, stages, repository, context);
    } else if (step.kind === 'RUN') {
      await run(step.command, stage, directory);
    } else {
      set(step, stage);
    }
  }
  if (stage === null) throw new Error(`${DOCKERFILE} has no FROM.`);
  const { entrypoint, command, values: _, ...rest } = stage;
  return { ...rest, command: [...entrypoint, ...command] };
}

function newStage(root: string): Stage {
  mkdirSync(join(root, dirname(BUN_PATH)), { recursive: true });
  copyFileSync(process.execPath, join(root, BUN_PATH));
  chmodSync(join(root, BUN_PATH), 0o755);
  return {
    root,
    workdir: '/',
    values: new Map(),
    env: {},
    labels: {},
    user: '0:0',
    ports: [],
    stopSignal: 'SIGTERM',
    entrypoint: [],
    command: [],
    healthcheck: [],
  };
}

function set(step: Exclude<Instruction, { kind: 'FROM' | 'ARG' | 'COPY' | 'RUN' }>, stage: Stage) {
  switch (step.kind) {
    case 'WORKDIR':
      stage.workdir = step.path;
      mkdirSync(join(stage.root, step.path), { recursive: true });
      break;
    case 'ENV':
    case 'LABEL':
      for (const [name, value] of step.pairs) {
        stage[step.kind === 'ENV' ? 'env' : 'labels'][name] = expand(value, stage.values);
      }
      break;
    case 'USER':
      stage.user = step.value;
      break;
    case 'EXPOSE':
      stage.ports = step.ports;
      break;
    case 'STOPSIGNAL':
      stage.stopSignal = step.value;
      break;
    case 'HEALTHCHECK':
      stage.healthcheck = step.command;
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = step.command;
      break;
    case 'CMD':
      stage.command = step.command;
      break;
  }
}

async function run(command: string, stage: Stage, directory: string): Promise<void> {
  const tools = join(directory, 'tools');
  mkdirSync(tools, { recursive: true });
  if (process.getuid?.() !== 0) {
    writeFileSync(join(tools, 'chown'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  }
  const child = Bun.spawn(['sh', '-c', command], {
    cwd: join(stage.root, stage.workdir),
    env: {
      ...process.env,
      ...stage.env,
      PATH: `${tools}:${join(stage.root, dirname(BUN_PATH))}:${process.env['PATH'] ?? ''}`,
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`RUN ${command}\nended with ${code}:\n${output}${errors}`);
}

function copy(
  step: Extract<Instruction, { kind: 'COPY' }>,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  repository: string,
  context: readonly string[],
): void {
  const source = step.from === null ? null : stages.get(step.from);
  if (source === undefined) throw new Error(`${DOCKERFILE}: there is no stage ${step.from}.`);
  const from = source?.root ?? repository;
  const target = join(stage.root, step.target.startsWith('/') ? '' : stage.workdir, step.target);
  for (const path of step.sources) {
    const inside = (candidate: string) => candidate === path || candidate.startsWith(`${path}/`);
    const files = source === null ? context.filter(inside) : pathsUnder(from, path);
    for (const file of files) {
      // A folder gives its content, a file goes into a folder or becomes the target.
      const rest =
        file === path ? (step.target.endsWith('/') ? basename(path) : '') : file.slice(path.length);
      copyOne(join(from, file), join(target, rest));
    }
  }
}

function pathsUnder(root: string, path: string): string[] {
  const full = join(root, path);
  if (!lstatSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => pathsUnder(root, `${path}/${name}`));
}

/** Files are copied and never hard-linked: Bun's cache must not get the modes of an image. */
function copyOne(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const stat = lstatSync(source);
  if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), target);
    return;
  }
  copyFileSync(source, target);
  chmodSync(target, stat.mode);
}
