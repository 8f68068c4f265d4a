// A server or a sync of Brook as it ships, as a process of its own: killed, frozen, ended and restarted by a test. It
// cannot outlive the test's process. A process that ends by itself is a finding.
import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MeantEnd } from './meant-end.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const setpriv = '/usr/bin/setpriv'

/** Points of a sync's run at which it can be told to stop; see test/programs/sync.mjs. */
export const failPoints = ['read', 'insert', 'commit', 'announce', 'ack', 'trim'] as const
export type FailPoint = (typeof failPoints)[number]

export interface Launch {
  name: string
  verb: 'server' | 'sync'
  env: Record<string, string>
  /** Receives all its output. */
  logFile: string
  /** It ended without being told to. */
  onCrash: (words: string) => void
}

export class BrookProcess {
  readonly name: string
  readonly #launch: Launch
  #child: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  readonly #end = new MeantEnd()
  #last = ''
  /** The server's address, from its own output. */
  address = ''
  isPaused = false
  /** The point at which a sync has stopped, as it reported. */
  stoppedAt: FailPoint | undefined

  constructor(launch: Launch) {
    this.name = launch.name
    this.#launch = launch
  }

  get isUp(): boolean {
    return this.#child !== undefined
  }

  /** The newest output. */
  get said(): string {
    return this.#last
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  start(more: Record<string, string> = {}): void {
    if (this.#child !== undefined) return
    const { verb, env, logFile } = this.#launch
    const entry =
      verb === 'server'
        ? [path.join(root, 'dist/brook/main.js'), 'server']
        : [path.join(root, 'dist/test/sync.js')]
    const [command = '', ...args] = existsSync(setpriv)
      ? [setpriv, '--pdeathsig', 'KILL', '--', process.execPath, ...entry]
      : [process.execPath, ...entry]
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, DRAIN_SECONDS: '0', ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#end.restart()
    this.isPaused = false
    this.stoppedAt = undefined
    this.address = ''
    this.#last = ''
    const take = (bytes: Buffer): void => {
      const text = bytes.toString()
      this.#last = (this.#last + text).slice(-2_000)
      appendFileSync(logFile, text)
      const open = /Brook is open at (\S+)/.exec(this.#last)?.[1]
      if (open !== undefined) this.address = open
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.on('message', (told: { at: FailPoint }) => {
      this.stoppedAt = told.at
    })
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#child = undefined
        if (!this.#end.isMeant(signal))
          this.#launch.onCrash(`${this.name} ended by itself (${signal ?? code}): ${this.#last.slice(-600)}`)
        resolve()
      })
    })
  }

  /** Resolves when it has exited. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#end.told()
    if (this.isPaused) this.resume()
    this.#child?.kill(signal)
    await this.#gone
  }

  pause(): void {
    this.isPaused = true
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.isPaused = false
    this.#child?.kill('SIGCONT')
  }

  /** Tells a sync to stop when it next passes this point. */
  arm(at: FailPoint, act: 'die' | 'freeze'): void {
    this.stoppedAt = undefined
    if (act === 'freeze') this.isPaused = true
    else this.#end.armed()
    this.#child?.send({ at, act }, () => undefined)
  }

  disarm(): void {
    this.#child?.send({ at: 'nowhere', act: 'die' }, () => undefined)
  }

  get gone(): Promise<void> {
    return this.#gone
  }

  /** Waits until the server prints its address. */
  async opens(withinMs = 60_000): Promise<void> {
    const end = Date.now() + withinMs
    while (this.address === '' && this.#child !== undefined && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20))
    if (this.address === '') throw new Error(`${this.name} did not open: ${this.#last.slice(-600)}`)
  }
}
