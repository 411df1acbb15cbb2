import { describe, expect, it } from 'vitest';
import { parsePs, processTree, treeRssBytes } from './process-tree.ts';
import { greedy } from './testing/greedy.ts';

const MB = 1024 * 1024;

describe('a tree of processes', () => {
  it('holds the process and what it started, and is empty when they are gone', async () => {
    const { parent, childPid } = await greedy();
    const tree = processTree(parent.pid);
    expect(tree.map(({ pid }) => pid)).toEqual([parent.pid, childPid]);
    expect(tree.every(({ rssBytes }) => rssBytes > 100 * 1024)).toBe(true);
    expect(treeRssBytes(tree)).toBeGreaterThan(10 * MB);
    process.kill(childPid, 'SIGKILL');
    parent.kill('SIGKILL');
    await parent.exited;
    expect(processTree(parent.pid)).toEqual([]);
  });

  it('is read from ps where there is no /proc', () => {
    expect(parsePs('    1     0  1234\n 4711     1     8\nnonsense\n')).toEqual([
      { pid: 1, parent: 0, rssBytes: 1234 * 1024 },
      { pid: 4711, parent: 1, rssBytes: 8 * 1024 },
    ]);
  });
});
