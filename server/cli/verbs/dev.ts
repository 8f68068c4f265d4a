// brook dev: runs the stores in this process, server and sync from their sources with a restart on each change, and Vite.
import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { readConfig } from '../../config.ts'
import { root } from '../../root.ts'
import { drain, stopSignal } from '../drain.ts'
import { refuseTakenPort } from '../port.ts'
import { openReady } from '../ready.ts'
import type { Verb } from '../verb.ts'

const bin = (name: string): string => path.join(root, 'node_modules/.bin', name)
const cli = path.join(root, 'server/cli/main.ts')

export const dev: Verb = {
  usage: 'dev',
  about:
    'For development: the stores, server and sync with a restart on each change, and Vite for the web app.',
  options: {},
  positionals: 0,
  async run(_given, { env, say }) {
    const chosen = readConfig(env)
    const stopped = stopSignal(say)
    await refuseTakenPort(chosen)
    const { stores } = await openReady(chosen, say, { verb: 'brook dev', alone: true })
    // The children find our stores through the data folder, as any verb beside a running brook does.
    const children = [
      run(bin('tsx'), ['watch', '--clear-screen=false', cli, 'server'], env),
      run(bin('tsx'), ['watch', '--clear-screen=false', cli, 'sync'], env),
      run(bin('vite'), [], env),
    ]
    await Promise.race([stopped, ...children.map(gone)])
    const ends = children.map((child) => ({
      name: child.spawnfile,
      close: async () => {
        child.kill('SIGTERM')
        await gone(child)
      },
    }))
    await drain([...ends, { name: 'The stores', close: () => stores.stop() }], say)
  },
}

const run = (command: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(command, args, { env, cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })

const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
