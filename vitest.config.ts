import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// unit needs no service; flow starts private stores per file; story drives a real Chromium. Files of a project share
// processes: loading everything anew for each took two thirds of unit's time. So no test may leave anything behind in
// a module.
export default defineConfig({
  plugins: [vue()],
  test: {
    // As long as `until` and the browser's own waits: a busy machine is no failure.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        // Runs in parallel with the stories: a hundred password hashes alone take seconds of a shared core.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'flow',
          include: ['test/flow/**/*.test.ts'],
          globalSetup: 'test/support/compile.mjs',
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // More than cores: much of the time is spent waiting.
          maxWorkers: 3,
        },
      },
      {
        // By npm run test:ldap alone: it fetches a directory server.
        extends: true,
        test: {
          name: 'ldap',
          include: ['test/ldap/**/*.test.ts'],
          globalSetup: 'test/support/compile.mjs',
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        // By npm run test:s3 alone: it fetches an object store.
        extends: true,
        test: {
          name: 's3',
          include: ['test/s3/**/*.test.ts'],
          globalSetup: 'test/support/compile.mjs',
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      // Needs mariadbd with Galera: three nodes, and a primary with a replica. A while of seconds for each fault.
      {
        extends: true,
        test: {
          name: 'galera',
          include: ['test/galera/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
      {
        // By npm run test:cluster alone: a dozen Redis, of which some are killed and waited for.
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: 'test/support/compile.mjs',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'story',
          include: ['test/story/**/*.test.ts'],
          isolate: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
