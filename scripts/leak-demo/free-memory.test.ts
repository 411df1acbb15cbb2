import { describe, expect, it } from 'vitest';
import { freeMemoryBytes, mustFit } from './free-memory.ts';
import { readOptions } from './options.ts';
import { scenarioOf } from './scenario.ts';
import { MB } from './testing/trials.ts';

const OPTIONS = readOptions(() => null, '/repository');

describe('free memory', () => {
  const files = (text: Record<string, string>) => (path: string) => text[path] ?? null;
  const meminfo = 'MemTotal: 9 kB\nMemAvailable:    8388608 kB\n';

  it('is what the machine has available', () => {
    expect(freeMemoryBytes(files({ '/proc/meminfo': meminfo }))).toBe(8192 * MB);
    expect(freeMemoryBytes()).toBeGreaterThan(MB);
    expect(freeMemoryBytes(files({}))).toBeGreaterThan(MB);
  });

  it('is no more than our control group may still have, caches left out', () => {
    const group = {
      '/proc/meminfo': meminfo,
      '/sys/fs/cgroup/memory.current': `${1500 * MB}\n`,
      '/sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${500 * MB}\n`,
    };
    const free = (max: string) =>
      freeMemoryBytes(files({ ...group, '/sys/fs/cgroup/memory.max': max }));
    expect(free(`${2000 * MB}\n`)).toBe(1000 * MB);
    expect(free('max\n')).toBe(8192 * MB);
  });

  it('must be twice the limit, or the part is refused with what to type', () => {
    const simulated = scenarioOf('simulated', OPTIONS);
    expect(() => mustFit([simulated], 6 * 1024 * MB)).not.toThrow();
    expect(() => mustFit([scenarioOf('real', OPTIONS), simulated], 6 * 1024 * MB - 1)).toThrow(
      /^The simulated part needs 6 GB of free memory, twice its limit of 3 GB.*PART=real$/,
    );
    expect(() => mustFit([scenarioOf('real', OPTIONS)], MB)).toThrow(/The real part needs 2 GB/);
  });
});
