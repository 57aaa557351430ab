import { defineConfig } from 'vitest/config';

/** The suite on a real control plane: one file after the other, because each starts programs of its own. */
export default defineConfig({
  test: {
    include: ['e2e/cluster/**/*.cluster.spec.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    restoreMocks: true,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
