// `brook bots` as a process of its own, which can be told where to die.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { root } from '../../server/root.ts'
import { until } from './until.ts'

/** Where it kills itself: before and after a request is stored, and around the sending of its message. */
export const diePoints = ['asked', 'kept', 'begun', 'said', 'ended'] as const
/** ... of a message. */
export const showPoints = ['begun', 'showing', 'shown'] as const
export type DiePoint = (typeof diePoints)[number] | (typeof showPoints)[number]

export class BotsProcess {
  readonly gone: Promise<void>
  readonly #child: ChildProcess
  #said = ''

  constructor(env: Record<string, string>, dieAt?: DiePoint) {
    this.#child = spawn(process.execPath, [path.join(root, 'dist/test/bots.js')], {
      cwd: root,
      env: { ...process.env, ...env, ...(dieAt === undefined ? {} : { DIE_AT: dieAt }) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString()
    })
    this.gone = once(this.#child, 'exit').then(() => undefined)
  }

  /** Waits until it offers its commands. */
  async opens(): Promise<this> {
    await until(
      () => this.#said,
      (said) => said.includes('The bot is running') || this.#child.exitCode !== null,
      60_000,
    )
    if (this.#child.exitCode !== null) throw new Error(`brook bots ended: ${this.#said}`)
    return this
  }

  kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
    return this.gone
  }
}
