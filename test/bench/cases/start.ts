// `npm start`, the second time, until it is ready: packages, build, data and programs exist. Includes npm's own time.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from '../../../server/root.ts'
import { readRunning } from '../../../server/stores/running.ts'
import type { Case } from './case.ts'

const withinMs = 120_000

export const start: Case<'Brook'> = {
  name: 'start',
  aim: 7,
  about: () => 'npm start until /readyz says 200, with what the first start made',
  contenders: ['Brook'],
  shown: [
    { figure: 'second start', unit: 's', digits: 2, better: 'less', target: 3 },
    { figure: 'first start', unit: 's', digits: 2, better: 'none' },
    { figure: 'stop', unit: 's', digits: 2, better: 'none' },
  ],
  round: async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-start-'))
    try {
      const first = await startOnce(dataDir)
      const second = await startOnce(dataDir)
      return {
        figures: { 'second start': second.ready, 'first start': first.ready, stop: second.stop },
        wrong: [],
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

/** Seconds until it was ready, and until it had exited. */
async function startOnce(dataDir: string): Promise<{ ready: number; stop: number }> {
  const port = await freePort()
  const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1' }
  const began = performance.now()
  // Its own process group, so that all of it can be killed if it does not get ready.
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: 'ignore', detached: true })
  const gone = once(npm, 'exit')
  try {
    await ready(port, npm)
    const openAt = performance.now()
    // Trap: npm forwards signals, and a second signal stops Brook at once. So only Brook is signalled.
    process.kill((await readRunning(dataDir))?.pid ?? NaN, 'SIGTERM')
    await gone
    return { ready: (openAt - began) / 1_000, stop: (performance.now() - openAt) / 1_000 }
  } catch (error) {
    if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, 'SIGKILL')
    throw error
  }
}

async function ready(port: number, npm: ChildProcess): Promise<void> {
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(10)) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`)
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.status === 200) return
  }
  throw new Error(`npm start was not ready after ${withinMs / 1_000} s`)
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
