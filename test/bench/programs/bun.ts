// The peer: Bun's own WebSocket server and its native publish (uWebSockets). Numbers in memory, no log, no session. It runs
// under Bun; this program starts it and stops with it.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from '../../../server/root.ts'
import { obey } from './obey.ts'
import { peer } from './peers.ts'

obey(async ({ rooms }: { rooms: number }) => {
  const bun = peer.resolve(`@oven/bun-${process.platform}-${process.arch}/bin/bun`)
  const script = path.join(root, 'test/bench/programs/bun-server.mjs')
  const child = spawn(bun, [script, String(rooms)], { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`bun ended with ${code}`)))
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text)))
  })
  return {
    told: { port, pid: child.pid },
    close: () => {
      child.removeAllListeners('exit').kill('SIGKILL')
      return Promise.resolve()
    },
  }
})
