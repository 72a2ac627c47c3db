import { defineConfig } from 'vitest/config';

/**
 * `npm run test:slow` runs what takes a real Redis, a real SSH server, a browser or minutes. One file at a time: they
 * measure time, kill processes and would disturb each other.
 */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 1,
    fileParallelism: false,
    passWithNoTests: true,
  },
});
