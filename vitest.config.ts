import { defineConfig } from 'vitest/config';

// Vitest's default `forks` pool dies under Bun, so every run uses threads: `bun --bun vitest run`.
export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    include: [
      'service/{src,test,emulator}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'dashboards/**/*.test.ts',
      'k6/**/*.test.ts',
      'stacks/**/*.test.ts',
    ],
    exclude: ['**/*.fault.test.ts', '**/*.system.test.ts', '**/node_modules/**'],
  },
});
