import { describe, expect, it } from 'vitest';
import { scopeCommand, watchLimit } from './memory-limit.ts';
import { processTree, treeRssBytes } from './process-tree.ts';
import { greedy } from './testing/greedy.ts';
import { until } from './testing/until.ts';

const MB = 1024 * 1024;

describe('the watcher of a memory limit', () => {
  it('lets the tree be below it, and kills all of the tree above it', async () => {
    const { parent, childPid } = await greedy();
    const limit = treeRssBytes(processTree(parent.pid)) + 150 * MB;
    const watcher = watchLimit(parent.pid, limit);
    const before = treeRssBytes(processTree(parent.pid));
    parent.stdin.write('60\n');
    await parent.stdin.flush();
    await until(() => treeRssBytes(processTree(parent.pid)) > before + 50 * MB);
    expect(watcher.crossedAt()).toBeNull();
    parent.stdin.write('200\n');
    await parent.stdin.flush();
    await parent.exited;
    expect(parent.signalCode).toBe('SIGKILL');
    expect(watcher.crossedAt()).toBeGreaterThan(limit);
    await until(() => processTree(childPid).length === 0);
    watcher.stop();
  });
});

describe('the scope of systemd', () => {
  it('limits memory and swap and then becomes the command itself', () => {
    const command = scopeCommand(3 * 1024 * MB, ['bun', 'main.ts']);
    expect(command).toEqual(
      expect.arrayContaining(['--scope', 'MemoryMax=3221225472', 'MemorySwapMax=0']),
    );
    expect(command.slice(command.indexOf('--'))).toEqual(['--', 'bun', 'main.ts']);
    expect(command.includes('--user')).toBe(process.getuid?.() !== 0);
  });
});
