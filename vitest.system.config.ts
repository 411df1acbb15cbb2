import { defineConfig } from 'vitest/config';

// One file at a time: the boards' starts services, traffic and Prometheus.
export default defineConfig({
  test: {
    pool: 'threads',
    fileParallelism: false,
    // A machine that does something else as well is slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 300_000,
    include: ['**/*.system.test.ts'],
    exclude: ['**/node_modules/**'],
  },
});
