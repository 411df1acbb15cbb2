import { defineConfig } from 'vitest/config';

// One file at a time: each of them fills the machine and measures what is left of it.
export default defineConfig({
  test: {
    pool: 'threads',
    fileParallelism: false,
    // A machine that does something else as well is slow, not wrong.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    include: ['service/test/faults/**/*.fault.test.ts'],
  },
});
