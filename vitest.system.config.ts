import { defineConfig } from 'vitest/config';

// One file at a time: each starts a platform of its own.
export default defineConfig({
  test: {
    pool: 'threads',
    fileParallelism: false,
    // A machine that does something else as well is slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 300_000,
    include: ['system/**/*.system.test.ts'],
  },
});
