import { defineConfig } from 'vite'
import { besideEach, programs } from '../../vite.server.config.ts'

const own = ['sync', 'bots', 'hold-stores', 'rpc-worker', 'serve-brook', 'send-later', 'backups']
const input = {
  ...Object.fromEntries(own.map((name) => [name, `test/programs/${name}.mjs`])),
  // For test/run.mjs. And cli/main.ts as a program of its own: it runs by itself if Node was started with it.
  fetch: 'server/stores/fetch.ts',
  main: 'server/cli/main.ts',
  ...besideEach,
}

// What tests start as processes, built in the same way as the server.
export default defineConfig(programs('dist/test', input))
