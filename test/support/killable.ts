// Servers in processes of their own, which can be killed.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { root } from '../../server/root.ts'
import type { Brook } from './brook.ts'

export interface KillableServer {
  child: ChildProcess
  address: string
  /** By SIGKILL; resolves when it is gone. */
  die: () => Promise<void>
}

const program = path.join(root, 'dist/test/serve-brook.js')

export class KillableServers {
  readonly #brook: Brook
  readonly #started: ChildProcess[] = []

  /** On the stores of this Brook, in place of its server in this process. */
  static async of(brook: Brook): Promise<KillableServers> {
    await brook.servers.shift()?.close()
    return new KillableServers(brook)
  }

  private constructor(brook: Brook) {
    this.#brook = brook
  }

  async starts(): Promise<KillableServer> {
    const child = spawn(process.execPath, [program, JSON.stringify(this.#brook.config)])
    this.#started.push(child)
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const gone = once(child, 'exit')
    const die = async (): Promise<void> => {
      child.kill('SIGKILL')
      const [, signal] = await gone
      if (signal !== 'SIGKILL') throw new Error(`it has ended by itself: ${String(signal)}`)
    }
    return { child, address: line.toString().trim(), die }
  }

  async stop(): Promise<void> {
    for (const child of this.#started) child.kill('SIGKILL')
    await this.#brook.stop()
  }
}
