import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// unit needs no service; flow starts private stores per file; story drives a real Chromium. Files of a project share processes:
// to load everything anew for each took two thirds of unit's time. None may leave anything behind in a module.
export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: {
          name: 'flow',
          include: ['test/flow/**/*.test.ts'],
          globalSetup: 'test/support/compile.mjs',
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // More than cores: much of it waits for something to be noticed.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: 'story',
          include: ['test/story/**/*.test.ts'],
          isolate: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
