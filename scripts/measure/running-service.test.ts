import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../service/src/contract.ts';
import { proportionalBytes, processTree, treeRssBytes } from './process-tree.ts';
import { startRunningService } from './running-service.ts';
import type { RunningService, RunningServiceOptions } from './running-service.ts';
import { readStatus } from './status.ts';

const TINY = { STT_ENGINE: 'moonshine-tiny', PROCESS_POOL_SIZE: '1', STT_THREADS: '1' };
const MB = 1024 * 1024;
const HAS_PROC = existsSync('/proc/self/stat');

// Of this file alone, as others make directories at the same time.
const temporary = mkdtempSync(join(tmpdir(), 'stt-test-'));
const before = process.env['TMPDIR'];
process.env['TMPDIR'] = temporary;
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(temporary, { recursive: true });
});

const started: RunningService[] = [];
afterEach(async () => {
  for (const service of started.splice(0)) await service.stop();
});
const start = async (options: RunningServiceOptions) => {
  const service = await startRunningService(options);
  started.push(service);
  return service;
};
const files = () => readdirSync(temporary);
const lives = (pid: number) => processTree(pid).length > 0;

describe('a running service', () => {
  it('answers on a free port, says its figures, and leaves nothing behind', async () => {
    const service = await start({ env: TINY });
    expect(files()).not.toEqual([]);
    expect((await fetch(service.url + PATHS.readiness)).status).toBe(200);
    const status = await readStatus(service.statusUrl);
    expect(status).toMatchObject({ workers: 1, busy: 0, queueDepth: 0, recycles: 0, crashes: 0 });
    expect(status.parentBytes).toBeGreaterThan(10 * MB);
    expect(status.workersBytes).toBeGreaterThan(10 * MB);

    const tree = processTree(service.pid);
    expect(tree.map(({ pid }) => pid)).toContain(service.pid);
    expect(tree.length).toBeGreaterThanOrEqual(2);
    expect(treeRssBytes(tree) / (status.parentBytes + status.workersBytes)).toBeCloseTo(1, 0);

    await service.stop();
    expect(await service.exited).toMatchObject({ exitCode: 0, signal: null, byLimit: false });
    expect(tree.filter(({ pid }) => lives(pid))).toEqual([]);
    expect(files()).toEqual([]);
  });

  it('says its status where METRICS_PORT puts it', async () => {
    const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const { port } = probe;
    await probe.stop(true);
    const service = await start({ env: { ...TINY, METRICS_PORT: String(port) } });
    expect(service.statusUrl).toBe(`http://127.0.0.1:${port}${PATHS.status}`);
    expect((await readStatus(service.statusUrl)).workers).toBe(1);
  });

  it.skipIf(Bun.which('taskset') === null)('keeps to the cores it is given', async () => {
    const service = await start({ env: TINY, cores: [0] });
    const pids = processTree(service.pid).map(({ pid }) => pid);
    const allowed = pids.map(
      (pid) =>
        /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
    );
    expect(allowed.length).toBeGreaterThanOrEqual(2);
    expect(new Set(allowed)).toEqual(new Set(['0']));
  });

  it('that cannot start is refused with what it wrote', async () => {
    await expect(start({ env: { STT_THREADS: 'many' } })).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/ended with code 78 before it was ready.*STT_THREADS/s),
    });
    expect(files()).toEqual([]);
  });

  it('is killed with its workers when together they pass the memory limit', async () => {
    const free = await start({ env: TINY });
    const tree = processTree(free.pid);
    const needed = treeRssBytes(tree);
    const [parent] = tree;
    // Enough for the server alone, too little for both.
    const limit = Math.round(((parent?.rssBytes ?? 0) + needed) / 2);
    await free.stop();
    const service = start({ env: TINY, memoryLimitBytes: limit });
    await expect(service).rejects.toThrow(/over its memory limit, before it was ready/);
  });

  it('may run below its limit', async () => {
    const service = await start({ env: TINY, memoryLimitBytes: 2048 * MB });
    expect(service.limitKind).toMatch(/^(?:systemd-scope|watcher)$/);
    expect((await readStatus(service.statusUrl)).workers).toBe(1);
    await service.stop();
    expect((await service.exited).byLimit).toBe(false);
  });

  it.skipIf(!HAS_PROC)('runs in a scope of systemd where one can be made', async () => {
    // This one becomes its command and limits nothing, so that it can stand in on any machine.
    const programs = mkdtempSync(join(tmpdir(), 'stt-programs-'));
    writeFileSync(
      join(programs, 'systemd-run'),
      `#!/bin/sh\necho "$*" >> ${programs}/calls\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n`,
      { mode: 0o755 },
    );
    const path = process.env['PATH'] ?? '';
    process.env['PATH'] = `${programs}:${path}`;
    try {
      const service = await start({ env: TINY, memoryLimitBytes: 2048 * MB });
      expect(service.limitKind).toBe('systemd-scope');
      expect(processTree(service.pid).length).toBeGreaterThanOrEqual(2);
      expect(readFileSync(join(programs, 'calls'), 'utf8')).toMatch(
        new RegExp(`MemoryMax=${2048 * MB} .*main\\.ts$`, 'm'),
      );
      // As the kernel would.
      process.kill(service.pid, 'SIGKILL');
      expect(await service.exited).toEqual({
        exitCode: null,
        signal: 'SIGKILL',
        byLimit: true,
        bytesAtLimit: null,
      });
    } finally {
      process.env['PATH'] = path;
      rmSync(programs, { recursive: true });
    }
  });

  it.skipIf(!HAS_PROC)('shares pages, which its proportional memory counts once', async () => {
    const service = await start({ env: TINY });
    const tree = processTree(service.pid);
    const proportional = tree.map(({ pid }) => proportionalBytes(pid) ?? 0);
    expect(Math.min(...proportional)).toBeGreaterThan(MB);
    expect(proportional.reduce((sum, each) => sum + each, 0)).toBeLessThan(
      treeRssBytes(processTree(service.pid)),
    );
  });
});
