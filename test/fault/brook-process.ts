// A server or a sync of Brook as it ships, as a process of its own: killed, frozen, ended and started again by a test.
// It cannot outlive the test's process. One that ends without being told to is a finding.
import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = path.join(root, 'test/fault')
const setpriv = '/usr/bin/setpriv'

/** Points of a sync's run at which it can be told to stop; see sync-entry.mjs. */
export const failPoints = ['read', 'insert', 'commit', 'announce', 'ack', 'trim'] as const
export type FailPoint = (typeof failPoints)[number]

export interface Launch {
  name: string
  verb: 'server' | 'sync'
  env: Record<string, string>
  /** Takes all that it prints. */
  logFile: string
  /** It ended without being told to. */
  onCrash: (words: string) => void
}

export class BrookProcess {
  readonly name: string
  readonly #launch: Launch
  #child: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #isExpected = true
  #last = ''
  /** Where the server listens, from its own words. */
  address = ''
  isPaused = false
  /** What sync said when it came by its point. */
  stoppedAt: FailPoint | undefined

  constructor(launch: Launch) {
    this.name = launch.name
    this.#launch = launch
  }

  get isUp(): boolean {
    return this.#child !== undefined
  }

  /** The newest of what it printed. */
  get said(): string {
    return this.#last
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  start(): void {
    if (this.#child !== undefined) return
    const { verb, env, logFile } = this.#launch
    const entry =
      verb === 'server'
        ? [path.join(root, 'dist/server/cli/main.js'), 'server']
        : [path.join(here, 'sync-entry.mjs')]
    const [command = '', ...args] = existsSync(setpriv)
      ? [setpriv, '--pdeathsig', 'KILL', '--', process.execPath, ...entry]
      : [process.execPath, ...entry]
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#isExpected = false
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
        if (!this.#isExpected)
          this.#launch.onCrash(`${this.name} ended by itself (${signal ?? code}): ${this.#last.slice(-600)}`)
        resolve()
      })
    })
  }

  /** Resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isExpected = true
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

  /** Tells a sync to stop when it next comes by this point. */
  arm(at: FailPoint, act: 'die' | 'freeze'): void {
    this.stoppedAt = undefined
    if (act === 'freeze') this.isPaused = true
    else this.#isExpected = true
    this.#child?.send({ at, act }, () => undefined)
  }

  disarm(): void {
    this.#isExpected = this.#child === undefined
    this.#child?.send({ at: 'nowhere', act: 'die' }, () => undefined)
  }

  get gone(): Promise<void> {
    return this.#gone
  }

  /** Until the server says where it listens. */
  async opens(withinMs = 60_000): Promise<void> {
    const end = Date.now() + withinMs
    while (this.address === '' && this.#child !== undefined && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20))
    if (this.address === '') throw new Error(`${this.name} did not open: ${this.#last.slice(-600)}`)
  }
}
