import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processTree } from '../measure/process-tree.ts';
import { until } from '../measure/testing/until.ts';
import { nobodyToAsk } from '../verbs/ask.ts';
import { realClock } from '../verbs/countdown.ts';
import { plainSay } from '../verbs/say.ts';
import { leakDemo } from './demo.ts';
import type { DemoSeams, Kept } from './demo.ts';
import { freeMemoryBytes } from './free-memory.ts';
import { scenarioOf } from './scenario.ts';
import { MB } from './testing/trials.ts';
import type { Trial } from './trial.ts';

const ROOT = join(import.meta.dirname, '../..');
const VERB = join(ROOT, 'scripts/leak-demo.ts');

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'stt-leak-demo-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

async function run(values: Record<string, string>, seams?: Partial<DemoSeams>) {
  let said = '';
  const write = (text: string) => (said += text);
  const kept: Kept = { files: [] };
  const session = {
    root: ROOT,
    env: {},
    yes: false,
    terminal: false,
    ask: nobodyToAsk('leak-demo'),
    say: plainSay({ write }, { write }),
    clock: realClock,
  };
  const typed = (option: string) => ({ engine: 'moonshine-tiny', out, ...values })[option] ?? null;
  await leakDemo(session, typed, kept, { scenarioOf, freeBytes: freeMemoryBytes, ...seams });
  const json = JSON.parse(readFileSync(join(out, 'leak-demo.json'), 'utf8')) as {
    parts: { trials: (Trial & { figures: { answered: number; lost: number } })[] }[];
  };
  return { said, kept, trials: json.parts.flatMap(({ trials }) => trials) };
}

describe('the demonstration', () => {
  it('shows that a leak kills the service with threads, and that the isolated one answers all', async () => {
    const { said, trials } = await run(
      { part: 'simulated', requests: '12', clients: '1' },
      {
        scenarioOf: (part, options) => ({
          ...scenarioOf(part, options),
          limitBytes: 1100 * MB,
          neededBytes: 0,
          env: {
            STT_ENGINE: options.engine,
            STT_THREADS: '1',
            PROCESS_POOL_SIZE: '1',
            PROCESS_MAX_RSS_MB: '400',
            STT_FAULTS: 'leak:80MB',
            STT_ALLOW_FAULTS: 'true',
          },
        }),
      },
    );
    const [threads, isolated] = trials;
    expect(threads?.death).toMatchObject({ byLimit: true, how: 'SIGKILL' });
    expect(threads?.figures.answered).toBeGreaterThan(2);
    expect(threads?.figures.answered).toBeLessThan(12);
    expect(isolated?.death).toBeNull();
    expect(isolated?.figures).toMatchObject({ answered: 12, lost: 0 });
    expect(isolated?.recycles).toBeGreaterThanOrEqual(2);
    // The server itself holds what it held.
    const held = isolated?.samples.flatMap(({ value }) => value?.serverRssBytes ?? []) ?? [];
    expect(Math.max(...held) - Math.min(...held)).toBeLessThan(40 * MB);
    expect(said).toContain('killed at the memory limit');
    expect(said).toContain('12 of 12');
    expect(readdirSync(out).toSorted()).toEqual([
      'leak-demo.json',
      'leak-demo.md',
      'simulated.svg',
    ]);
  }, 60_000);

  it('measures the real engine through both endpoints', async () => {
    const { said, trials, kept } = await run({ part: 'real', requests: '4' });
    expect(trials.map(({ endpoint, figures }) => [endpoint, figures.answered])).toEqual([
      ['threads', 4],
      ['isolated', 4],
    ]);
    expect(trials.every(({ samples }) => samples.length > 0)).toBe(true);
    expect(said).toContain('Real: memory with moonshine-tiny as it is');
    expect(kept.files).toContain(join(out, 'real.svg'));
  }, 60_000);

  it('starts nothing where too little memory is free', async () => {
    await expect(run({}, { freeBytes: () => 5 * 1024 * MB })).rejects.toThrow(
      /needs 6 GB of free memory.*5 GB are free.*make leak-demo PART=real/,
    );
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('the verb', () => {
  const start = (...parts: string[]) =>
    Bun.spawn([process.execPath, '--no-env-file', VERB, ...parts], {
      cwd: out,
      // Its services' files are made here.
      env: { ...process.env, TMPDIR: out },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });

  it('says what it takes', async () => {
    const verb = start('--clients=many');
    expect(await new Response(verb.stderr).text()).toContain('CLIENTS=many is no whole number');
    expect(await verb.exited).toBe(1);
  });

  it('ends its services on Ctrl-C and says what was kept', async () => {
    const verb = start('--part=real', '--requests=2000', '--engine=moonshine-tiny', `--out=${out}`);
    await until(() => processTree(verb.pid).length >= 4);
    expect(readdirSync(out).join()).toMatch(/^stt-measure-/);
    const tree = processTree(verb.pid).map(({ pid }) => pid);
    verb.kill('SIGINT');
    expect(await verb.exited).toBe(130);
    expect(await new Response(verb.stderr).text()).toMatch(
      /Stopped. The services were ended. Nothing was written./,
    );
    await until(() => tree.every((pid) => processTree(pid).length === 0));
    expect(readdirSync(out)).toEqual([]);
  });
});
