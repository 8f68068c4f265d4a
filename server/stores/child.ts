// One child process: starts it, waits until it answers, stops it. It never restarts itself (see supervise.ts).
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { whereFull } from './disk.ts'
import { StoreError } from './programs.ts'

export interface Recipe {
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** Receives all its output. The error of a failed start quotes its last line. */
  logFile: string
  /** Holds its process id, so that the next start finds it if this process is killed. */
  pidFile: string
  /** An argument that no other process on this machine has: it contains our folder's path. */
  mark: string
  /** Resolves if it answers a real query, throws if it does not. */
  ask(): Promise<void>
}

const askEveryMs = 15
const logKeptBytes = 1_048_576

export class Child {
  readonly pid: number
  /** Resolves when it has exited, with the exit code or signal. */
  readonly gone: Promise<string>
  readonly #process: ChildProcess
  readonly #recipe: Recipe
  readonly #logFrom: number
  #isGone = false

  private constructor(recipe: Recipe, child: ChildProcess, pid: number, logFrom: number) {
    this.#recipe = recipe
    this.#process = child
    this.#logFrom = logFrom
    this.pid = pid
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#isGone = true
        rmSync(recipe.pidFile, { force: true })
        resolve(signal === null ? `exit code ${code}` : signal)
      })
    })
  }

  /** Starts it and waits until it answers; after the deadline it is stopped and the error quotes the end of its log. */
  static async start(recipe: Recipe, deadlineMs: number): Promise<Child> {
    const child = await Child.spawn(recipe)
    try {
      await child.answers(deadlineMs)
    } catch (error) {
      await child.end(0)
      throw error
    }
    return child
  }

  static async spawn(recipe: Recipe): Promise<Child> {
    const log = openLog(recipe.logFile)
    const logFrom = statSync(recipe.logFile).size
    // detached: a Ctrl-C in the terminal reaches only us; we drain first and then stop the child.
    const child = spawn(recipe.command, recipe.args, {
      env: recipe.env,
      stdio: ['ignore', log, log],
      detached: true,
    })
    closeSync(log)
    const { pid } = child
    if (pid === undefined) {
      const error = await new Promise<Error>((resolve) => child.once('error', resolve))
      throw new StoreError(`${recipe.name} cannot be started: ${error.message}`)
    }
    writeFileSync(recipe.pidFile, `${pid}\n`, { mode: 0o600 })
    return new Child(recipe, child, pid, logFrom)
  }

  async answers(deadlineMs: number): Promise<void> {
    let until = Date.now() + deadlineMs
    let last = ''
    while (!this.#isGone && Date.now() < until) {
      try {
        await this.#recipe.ask()
        return
      } catch (error) {
        last = (error as Error).message
        // Redis replays its append-only file, however long that takes.
        if (last.startsWith('LOADING')) until = Date.now() + deadlineMs
      }
      await Promise.race([pause(askEveryMs), this.gone])
    }
    const why = this.#isGone
      ? `exited during the start (${await this.gone})`
      : `did not answer within ${deadlineMs / 1000} s (${last})`
    throw new StoreError(
      `${this.#recipe.name} ${why}. Its log says: ${this.lastWords()} (${this.#recipe.logFile})${whereFull(this.#recipe.logFile)}`,
    )
  }

  /** The last line of its log in this run. */
  lastWords(): string {
    const run = readFileSync(this.#recipe.logFile).subarray(this.#logFrom).toString()
    return run.trimEnd().split('\n').at(-1)?.trim() || 'nothing'
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#isGone) this.#process.kill(signal)
  }

  /** SIGTERM, a wait, then SIGKILL. Resolves when it has exited. */
  async end(deadlineMs: number): Promise<void> {
    if (this.#isGone) return
    this.kill(deadlineMs > 0 ? 'SIGTERM' : 'SIGKILL')
    const timer = setTimeout(() => this.kill('SIGKILL'), deadlineMs)
    await this.gone
    clearTimeout(timer)
  }
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > logKeptBytes) renameSync(file, `${file}.old`)
  return openSync(file, 'a', 0o600)
}
