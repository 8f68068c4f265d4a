import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// unit needs no service; flow starts private stores per file; story drives a real Chromium.
export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      // Files share a process: one for each took two thirds of the time. None may leave anything behind in a module.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: {
          name: 'flow',
          include: ['test/flow/**/*.test.ts'],
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
          testTimeout: 90_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
