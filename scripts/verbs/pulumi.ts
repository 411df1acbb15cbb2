/** `pulumi` for one stack: its state, its configuration, and the three verbs that change the world. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendExists } from './backend.ts';
import type { Backend } from './backend.ts';
import { pathWithBun } from './bun-path.ts';
import { listAt, numberAt, textAt, textEntries } from './json.ts';
import { MissingProgram, run } from './programs.ts';
import type { Outcome, RunOptions } from './programs.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

/** What `pulumi` said as it failed. */
export class PulumiError extends Error {
  override readonly name = 'PulumiError';

  /** Of the engine and the resources, as far as it is known. */
  readonly text: string;

  constructor(text: string) {
    super(text.split('\n').find((line) => line.startsWith('error:')) ?? text.split('\n')[0] ?? '');
    this.text = text;
  }
}

export interface Refreshing {
  readonly refresh: boolean;
}

export interface Pulumi {
  /** Resources in the state, or null where there is no such stack. */
  resources(): Promise<number | null>;
  /** Empty where there are none yet. */
  outputs(): Promise<Readonly<Record<string, string>>>;
  /** In the clear, also where it is a secret. */
  output(name: string): Promise<string>;
  selectOrCreate(): Promise<void>;
  /** All at once. */
  setAll(values: Readonly<Record<string, string>>): Promise<void>;
  /** The value goes in by standard input. */
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Shows what would change. */
  preview(): Promise<void>;
  /** How many resources would change. */
  changes(): Promise<number>;
  /** With `refresh` Pulumi first looks at what is really there. */
  up(options?: Refreshing): Promise<void>;
  unprotectAll(): Promise<void>;
  /** With `refresh` what is no longer there is not asked to go. */
  destroy(options?: Refreshing): Promise<void>;
}

export const PULUMI_IS_MISSING =
  'pulumi is not on PATH. Install it (https://www.pulumi.com/docs/install; brew install pulumi/tap/pulumi on macOS), then run the same again.';

/** Each method rejects with `PulumiError`. */
export function createPulumi(session: Session, backend: Backend, stack: string): Pulumi {
  const { root, env, say, terminal } = session;
  const options: RunOptions = {
    cwd: root,
    env: {
      ...env,
      ...backend.variables,
      PATH: pathWithBun(root, env),
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    },
  };
  const quiet = async (parts: readonly string[], stdin?: string): Promise<string> => {
    const outcome = await runPulumi([...parts, '--stack', stack, '--non-interactive'], {
      ...options,
      ...(stdin !== undefined && { stdin }),
    });
    if (outcome.exitCode !== 0) throw new PulumiError(said(outcome));
    return outcome.stdout;
  };
  const shown = async (parts: readonly string[]): Promise<void> => {
    const directory = mkdtempSync(join(tmpdir(), 'stt-pulumi-'));
    const events = join(directory, 'events.json');
    try {
      const outcome = await runPulumi(
        [
          ...parts,
          '--stack',
          stack,
          ...(terminal ? [] : ['--non-interactive']),
          '--event-log',
          events,
        ],
        {
          ...options,
          // The option is hidden without this; Pulumi's own Automation API uses the pair.
          env: { ...options.env, PULUMI_DEBUG_COMMANDS: 'true' },
          terminal,
          show: (chunk) => say.stream(chunk),
        },
      );
      if (outcome.exitCode !== 0)
        throw new PulumiError(`${errorsIn(events)}\n${said(outcome)}`.trim());
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
  return {
    async resources() {
      if (!backendExists(backend)) return null;
      const outcome = await runPulumi(['stack', 'ls', '--json', '--non-interactive'], options);
      if (outcome.exitCode !== 0) throw new PulumiError(said(outcome));
      const found = listAt(JSON.parse(outcome.stdout)).find((each) =>
        `/${textAt(each, 'name') ?? ''}`.endsWith(`/${stack}`),
      );
      return found === undefined ? null : (numberAt(found, 'resourceCount') ?? 0);
    },
    outputs: async () => textEntries(JSON.parse(await quiet(['stack', 'output', '--json']))),
    output: async (name) => (await quiet(['stack', 'output', name, '--show-secrets'])).trimEnd(),
    async selectOrCreate() {
      const parts = ['stack', 'select', stack, '--create', '--non-interactive'];
      const outcome = await runPulumi(parts, options);
      if (outcome.exitCode !== 0) throw new PulumiError(said(outcome));
    },
    async setAll(values) {
      const pairs = Object.entries(values).flatMap(([key, value]) => [
        '--plaintext',
        `${key}=${value}`,
      ]);
      await quiet(['config', 'set-all', ...pairs]);
    },
    set: async (key, value) => void (await quiet(['config', 'set', key, '--plaintext'], value)),
    remove: async (key) => void (await quiet(['config', 'rm', key])),
    preview: () => shown(['preview']),
    changes: async () => changesIn(await quiet(['preview', '--json'])),
    up: (how) => shown(['up', '--yes', '--skip-preview', ...refreshing(how)]),
    unprotectAll: async () => void (await quiet(['state', 'unprotect', '--all', '--yes'])),
    destroy: (how) => shown(['destroy', '--yes', '--skip-preview', ...refreshing(how)]),
  };
}

function refreshing(how: Refreshing | undefined): readonly string[] {
  return how?.refresh ? ['--refresh'] : [];
}

async function runPulumi(parts: readonly string[], options: RunOptions): Promise<Outcome> {
  try {
    return await run('pulumi', parts, options);
  } catch (error) {
    if (error instanceof MissingProgram) throw new Refusal(PULUMI_IS_MISSING);
    throw error;
  }
}

function said({ stdout, stderr }: Outcome): string {
  return `${stderr.trim()}\n${stdout.trim()}`.trim() || 'pulumi failed and said nothing';
}

/** Steps of a preview that are more than a look. */
function changesIn(json: string): number {
  const steps = listAt(JSON.parse(json), 'steps').map((step) => textAt(step, 'op'));
  return steps.filter((op) => op !== 'same' && op !== 'read').length;
}

/** The errors among the engine's events; none where it never started. */
function errorsIn(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return '';
  }
  return text
    .split('\n')
    .flatMap((line) => {
      const message = errorOf(line);
      return message === null ? [] : [message.replaceAll(/<\{%.*?%\}>/g, '').trim()];
    })
    .join('\n');
}

function errorOf(line: string): string | null {
  try {
    const event: unknown = JSON.parse(line);
    const isError = textAt(event, 'diagnosticEvent', 'severity') === 'error';
    return isError ? textAt(event, 'diagnosticEvent', 'message') : null;
  } catch {
    // The last line of an engine that was killed may be half.
    return null;
  }
}
