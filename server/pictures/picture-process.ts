// One process that reads pictures, as the server sees it: a task, an answer, and its end if there is none in time.
import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pictureLimits } from '../protocol/picture-limits.ts'
import type { Outcome, Tasks } from './tasks.ts'

/** The compiled program, or its source if this runs from sources. */
const extension = path.extname(import.meta.url)
const program = fileURLToPath(new URL(`./picture-worker${extension}`, import.meta.url))
const loader = (): string[] =>
  extension === '.ts' ? ['--import', createRequire(import.meta.url).resolve('tsx')] : []

export class PictureProcess {
  readonly #child: ChildProcess
  #tasks = 0
  #isEnded = false

  constructor() {
    this.#child = fork(program, [], {
      execArgv: [...loader(), '--max-old-space-size=128'],
      // Nothing of what the server knows. Fewer arenas: less memory that is kept for nothing.
      env: { PATH: process.env['PATH'], MALLOC_ARENA_MAX: '2' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    // It could not be started, or is gone: whoever has given it a task hears of its exit.
    this.#child.on('error', () => this.end())
    // A server that has nothing else to do may exit.
    this.#child.unref()
    this.#child.channel?.unref()
  }

  get isUsable(): boolean {
    return !this.#isEnded && this.#child.connected && this.#tasks < pictureLimits.tasks
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** One at a time. `failed`: it took longer than `withinMs`, or ended; so has the process. */
  async run<Name extends keyof Tasks>(
    task: Tasks[Name]['task'],
    withinMs: number,
  ): Promise<Outcome<Tasks[Name]['done']>> {
    this.#tasks += 1
    const child = this.#child
    return new Promise((resolve) => {
      const settle = (outcome: Outcome<Tasks[Name]['done']>): void => {
        clearTimeout(timer)
        child.off('message', settle).off('exit', fail)
        resolve(outcome)
      }
      const fail = (): void => {
        this.end()
        settle({ failure: 'failed' })
      }
      const timer = setTimeout(fail, withinMs)
      child.once('message', settle).once('exit', fail)
      child.send(task, (error) => error !== null && fail())
    })
  }

  end(): void {
    this.#isEnded = true
    this.#child.kill('SIGKILL')
  }
}
