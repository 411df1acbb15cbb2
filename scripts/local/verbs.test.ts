/** The verbs as make starts them: those, and those ways, that write nothing into this repository. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, URL_OF_SERVICE } from './testing/world.ts';
import type { World } from './testing/world.ts';

const SCRIPTS = join(import.meta.dirname, '..');

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

function start(name: string, ...parts: string[]) {
  const child = Bun.spawn(
    [process.execPath, '--no-env-file', join(SCRIPTS, `${name}.ts`), ...parts],
    { env: world.env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  );
  const ended = Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { child, ended };
}

const run = (name: string, ...parts: string[]) => start(name, ...parts).ended;

/** Waits until a fake program has left a mark. */
async function marked(name: string): Promise<void> {
  if (world.marked(name) !== null) return;
  await Bun.sleep(5);
  await marked(name);
}

describe('local verbs from the command line', () => {
  it('local-logs is clean enough for a pipe', async () => {
    expect(await run('local-logs', '--tail=7', '--previous=1')).toEqual([
      0,
      '[pod/stt-7d4/stt-service] last words\n',
      '',
    ]);
    expect(world.calls().at(-1)).toMatch(/--tail=7 .*--previous$/);
  });

  it('local-api prints the URL', async () => {
    const [exitCode, out] = await run('local-api', '--forward=0');
    expect([exitCode, out]).toEqual([0, expect.stringContaining(`\n  ${URL_OF_SERVICE}\n`)]);
  });

  it('local-api takes another port to forward', async () => {
    const [exitCode, , err] = await run('local-api', '--forward=1', '--port=8123');
    expect(exitCode).toBe(1);
    expect(err).toContain('make local-api FORWARD=1');
    expect(world.calls().at(-1)).toContain('port-forward -n stt svc/stt 8123:8000');
  });

  it('local-api ends with 130 on Ctrl-C, and the tunnel with it', async () => {
    world.program('minikube', {
      match: 'service stt',
      sh: `trap ': > "$state/ended"; exit 130' INT; : > "$state/holding"; while :; do sleep 0.02; done`,
    });
    const { child, ended } = start('local-api');
    await marked('holding');
    const { stdout } = Bun.spawnSync(['pgrep', '-P', String(child.pid)]);
    // A terminal sends it to all of its programs.
    for (const pid of [child.pid, ...stdout.toString().trim().split('\n').map(Number)]) {
      process.kill(pid, 'SIGINT');
    }
    const [exitCode, , err] = await ended;
    expect([exitCode, err.trim()]).toEqual([
      130,
      'Stopped. The service runs on. make destroy-local takes it away.',
    ]);
    await marked('ended');
  });

  it('local-status and local-grafana say what is wrong', async () => {
    world.without('kubectl');
    const [status, , why] = await run('local-status');
    expect([status, why]).toEqual([1, expect.stringContaining('kubectl is not on PATH')]);
    const [port, , sentence] = await run('local-grafana', '--port=70000');
    expect([port, sentence]).toEqual([1, expect.stringContaining('PORT=70000 cannot be')]);
  });

  it.each([
    ['deploy-local', '--nonsense', 'ENGINE=… REPLICAS=… CPU=… MEMORY=… FAULTS=… MONITORING=…'],
    ['destroy-local', '--cluster=maybe', 'CLUSTER=maybe cannot be'],
    ['local-logs', '--tail=many', 'TAIL=many cannot be'],
    ['local-logs', '--follow=x', 'FOLLOW=x cannot be'],
  ])('%s refuses %s', async (name, part, sentence) => {
    const [exitCode, , err] = await run(name, part);
    expect([exitCode, err]).toEqual([1, expect.stringContaining(sentence)]);
    expect(world.calls()).toEqual([]);
  });
});
