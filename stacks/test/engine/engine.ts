/** The real pulumi on state in a directory of its own, with stand-ins in the place of providers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { REPOSITORY, linkProject } from './project.ts';
import { Store } from './store.ts';

/** `make test-system` says where it is. */
export const PULUMI = Bun.env['PULUMI'] ?? join(REPOSITORY, '.tools/bin/pulumi');
const LANGUAGE_HOST = join(import.meta.dirname, 'language-host/main.ts');

/** A pulumi that did not succeed; the message is all it wrote. */
export class PulumiError extends Error {
  override readonly name = 'PulumiError';
}

export interface PulumiStack {
  /** The project's directory, where the configuration of the stack lies as in the repository. */
  readonly project: string;
  /** What a pulumi needs to know to work on this state with these stand-ins. */
  readonly env: Readonly<Record<string, string>>;
  /** A pulumi command in the project's directory; resolves with what it wrote to its output. Throws `PulumiError`. */
  pulumi(...args: string[]): Promise<string>;
  /** Makes the stack have exactly this configuration: full keys, such as stt:image. */
  configure(config: Readonly<Record<string, string>>): void;
  /** Brings the stack up and gives its outputs. Throws `PulumiError`. */
  up(config: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

export interface Engine extends PulumiStack {
  /** For calls and for what the world is like. */
  readonly store: Store;
}

/** The script of a provider process that names its port, what it is told, and the packages that it answers for. */
export interface StandIn {
  readonly packages: readonly string[];
  readonly script: string;
  readonly args: readonly string[];
}

/** With an empty stack `azure` and an empty Azure. */
export async function startEngine(): Promise<Engine> {
  const world = mkdtempSync(join(tmpdir(), 'stt-azure-'));
  const clear = () => rmSync(world, { recursive: true, force: true });
  const script = join(import.meta.dirname, 'provider.ts');
  try {
    const stack = await startStack('azure', { packages: ['azure-native'], script, args: [world] });
    const stop = async () => {
      await stack.stop();
      clear();
    };
    return { ...stack, store: new Store(world), stop };
  } catch (error) {
    clear();
    throw error;
  }
}

/** With an empty stack of that name. */
export async function startStack(stack: string, standIn: StandIn): Promise<PulumiStack> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-engine-'));
  const place = (name: string) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  };
  const project = place('project');
  const configuration = linkProject(project, stack);
  const provider = await startProvider(standIn, join(directory, 'provider.log'));
  const env = {
    PATH: `${placeTools(place('bin'))}:/usr/bin:/bin`,
    HOME: place('home'),
    PULUMI_HOME: place('pulumi'),
    PULUMI_BACKEND_URL: `file://${place('state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'a passphrase of this test alone',
    PULUMI_SKIP_UPDATE_CHECK: '1',
    // Without it pulumi would look for the provider on the network first.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DEBUG_PROVIDERS: standIn.packages.map((each) => `${each}:${provider.port}`).join(),
  };

  async function pulumi(...args: string[]): Promise<string> {
    const child = Bun.spawn([PULUMI, '--non-interactive', '--color=never', ...args], {
      cwd: project,
      env,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [out, error] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if ((await child.exited) !== 0) throw new PulumiError(out + error);
    return out;
  }
  function configure(config: Readonly<Record<string, string>>): void {
    const { encryptionsalt } = parse(readFileSync(configuration, 'utf8')) as Record<string, string>;
    writeFileSync(configuration, stringify({ encryptionsalt, config }));
  }
  const stop = async () => {
    await provider.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await pulumi('stack', 'init', stack);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    project,
    env,
    pulumi,
    configure,
    async up(config) {
      configure(config);
      await pulumi('up', '-s', stack, '--yes', '--skip-preview');
      const outputs = await pulumi('stack', 'output', '-s', stack, '--json');
      return JSON.parse(outputs) as Record<string, unknown>;
    },
    stop,
  };
}

/** Bun and the language host under the names by which they are looked for on PATH. */
function placeTools(directory: string): string {
  symlinkSync(process.execPath, join(directory, 'bun'));
  writeFileSync(
    join(directory, 'pulumi-language-bun'),
    `#!/bin/sh\nexec '${process.execPath}' --no-env-file '${LANGUAGE_HOST}' "$@"\n`,
    { mode: 0o755 },
  );
  return directory;
}

/** Rejects with what the process wrote when it ends before it has named its port. */
async function startProvider(
  { script, args }: StandIn,
  log: string,
): Promise<{ readonly port: string; stop(): Promise<void> }> {
  const child = Bun.spawn([process.execPath, '--no-env-file', script, ...args], {
    stdout: 'pipe',
    stderr: Bun.file(log),
  });
  const stop = async () => {
    child.kill();
    await child.exited;
  };
  let text = '';
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.endsWith('\n')) return { port: text.trim(), stop };
  }
  await stop();
  throw new Error(`The provider named no port: ${text}${readFileSync(log, 'utf8')}`);
}
