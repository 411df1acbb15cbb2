import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../../service/emulator/index.ts';
import type { Emulator } from '../../service/emulator/index.ts';
import { fetchToken } from '../../service/emulator/test-clients.ts';
import { createWorld, NAMES } from './testing/world.ts';
import type { World } from './testing/world.ts';

const DOWN = '\u001B[B';
const ENTER = '\r';
const CTRL_C = '\u0003';

let emulator: Emulator;
let world: World;
let driver: string;

beforeAll(() => {
  emulator = createEmulator();
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  world = createWorld({ token: await fetchToken(emulator), endpoint: emulator.url });
  // Bun would keep compiled scripts in the home that the test looks at.
  world.env['BUN_RUNTIME_TRANSPILER_CACHE_PATH'] = '0';
  driver = join(world.state, 'verb.ts');
  // The verb as make runs it, in another root.
  writeFileSync(
    driver,
    `import { provision } from '${import.meta.dirname}/provision.ts';
import { sentenceFor } from '${import.meta.dirname}/explained.ts';
import { runVerb } from '${import.meta.dirname}/../verbs/verb.ts';
process.exitCode = await runVerb({
  name: 'provision', root: '${world.root}', options: ['subscription', 'location', 'name', 'email'], afterwards: 'make provision goes on from here.', sentenceFor,
  act: (session, typed) => provision(session, {
    subscription: typed('subscription'), location: typed('location'), name: typed('name'), email: typed('email'),
  }),
}, process.argv.slice(2));
`,
  );
});
afterEach(() => world.remove());

const command = (...parts: string[]) => [process.execPath, '--no-env-file', driver, ...parts];

/** Runs it in a terminal of 100 columns; each key goes in once the text before it was seen. */
async function typing(...steps: readonly (readonly [string, string])[]) {
  let screen = '';
  let seen = () => undefined as void;
  const child = Bun.spawn(command(), {
    env: world.env,
    terminal: {
      cols: 100,
      rows: 40,
      data(_terminal, bytes) {
        screen += Buffer.from(bytes).toString('utf8');
        seen();
      },
    },
  });
  for (const [text, keys] of steps) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise<void>((resolve) => {
      seen = () => {
        if (screen.includes(text)) resolve();
      };
      seen();
      void child.exited.then(() => resolve());
    });
    child.terminal?.write(keys);
  }
  const exitCode = await child.exited;
  child.terminal?.close();
  return { exitCode, screen };
}

function piped(...parts: string[]) {
  const child = Bun.spawn(command(...parts), {
    env: world.env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  return Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
}

describe('a verb in a terminal', () => {
  it('asks with prompts, and goes to the end', async () => {
    const { exitCode, screen } = await typing(
      ['Which region', ENTER],
      ['With what do all names begin', ENTER],
      ['Who is told', `oncall@example.com${ENTER}`],
      ['Make these changes', 'y'],
    );
    expect(screen).toContain('Next: make deploy-azure');
    expect(exitCode).toBe(0);
    expect(world.read('stacks/config/Pulumi.azure.yaml')).toContain('oncall@example.com');
    expect(world.read('.env')).toContain(NAMES.account);
  });

  it('takes another choice of a list', async () => {
    const { exitCode, screen } = await typing(
      ['Which region', DOWN + ENTER],
      ['With what', ENTER],
      ['Who is told', ENTER],
      ['Make these changes', CTRL_C],
    );
    expect(screen).toContain('rg-stt-westeurope');
    expect(exitCode).toBe(130);
  });

  it('ends with 130 and nothing written on Ctrl-C at a prompt', async () => {
    const { exitCode, screen } = await typing(['Which region', CTRL_C]);
    expect(exitCode).toBe(130);
    expect(screen).toContain('Stopped. make provision goes on from here.');
    expect(world.written()).toEqual([]);
  });

  it('lets a program end by itself on Ctrl-C, stops, and goes on the next time', async () => {
    world.pulumi({
      match: 'up --yes',
      times: 1,
      sh: `trap 'echo 7 > "$state/resources"; exit 1' INT; echo updating; while :; do sleep 0.05; done`,
    });
    const { exitCode, screen } = await typing(
      ['Which region', ENTER],
      ['With what', ENTER],
      ['Who is told', ENTER],
      ['Make these changes', 'y'],
      ['updating', CTRL_C],
    );
    expect(exitCode).toBe(130);
    expect(screen).toContain('Stopped. make provision goes on from here.');
    expect(await Bun.file(join(world.state, 'resources')).text()).toBe('7\n');
    expect([world.read('.env'), world.read('env.remote')]).toEqual([null, null]);
    expect((await piped('--yes'))[0]).toBe(0);
    expect(world.read('.env')).toContain(NAMES.account);
  });

  it('stops a countdown on Ctrl-C', async () => {
    emulator.addRule({ fault: 'forbidden', on: 'fast' });
    const { exitCode, screen } = await typing(
      ['Which region', ENTER],
      ['With what', ENTER],
      ['Who is told', ENTER],
      ['Make these changes', 'y'],
      ['next try in', CTRL_C],
    );
    emulator.clearRules();
    expect(exitCode).toBe(130);
    expect(screen).toContain('Stopped. make provision goes on from here.');
    expect(world.read('.env')).toBeNull();
  });

  it('shows the real progress of Pulumi, and reads its reason from the events', async () => {
    const event = JSON.stringify({
      diagnosticEvent: { severity: 'error', message: 'CustomDomainInUse' },
    });
    writeFileSync(join(world.state, 'event'), event);
    world.pulumi({
      match: 'preview',
      sh: `[ -t 1 ] && echo 'on a terminal'; for last; do :; done; cp "$state/event" "$last"; exit 255`,
    });
    const { exitCode, screen } = await typing(
      ['Which region', ENTER],
      ['With what', ENTER],
      ['Who is told', ENTER],
    );
    expect(screen).toContain('on a terminal');
    expect(screen).toContain('Somebody else has an account of that name');
    expect(exitCode).toBe(1);
  });
});

describe('a verb without a terminal', () => {
  it('speaks in plain lines and ends with 0', async () => {
    const [exitCode, out, err] = await piped('--yes', '--location=swedencentral');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(/^make provision\n\n\[1\/10\] Tools\n {2}✓ az/);
    expect(out).not.toContain('\u001B');
  });

  it('ends with 1 and a sentence on the error stream', async () => {
    const [exitCode, , err] = await piped('--location=atlantis');
    expect([exitCode, err.trim()]).toEqual([1, expect.stringMatching(/^The region atlantis/)]);
    mkdirSync(join(world.root, '.env'));
    const [unwritable, , why] = await piped('--yes', '--location=swedencentral');
    expect([unwritable, why]).toEqual([
      1,
      expect.stringContaining('.env cannot be read or written (EISDIR)'),
    ]);
    const [unknown, , sentence] = await piped('--nonsense');
    expect([unknown, sentence]).toEqual([
      1,
      expect.stringContaining('make provision takes YES=1 SUBSCRIPTION=…'),
    ]);
  });
});
