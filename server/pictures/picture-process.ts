// One process that reads pictures, as the server sees it: a task, an answer, and its end if there is none in time.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

/** Linux counts it in ticks of 10 ms (proc(5), stat 14 and 15). 0 where nobody can tell. */
function cpuMsOf(pid = 0): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) /)
    const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
    return 10 * (user + system)
  } catch {
    return 0
  }
}

export class PictureProcess {
  readonly #child: ChildProcess
  #tasks = 0
  #isEnded = false
  #hasDied = false

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

  /** It ended during a task, which had taken no longer than it may. */
  get hasDied(): boolean {
    return this.#hasDied
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** One at a time. `failed`: it took longer than it may, or ended; so has the process. */
  async run<Name extends keyof Tasks>(
    task: Tasks[Name]['task'],
    { cpu, whole, lookEvery }: Record<'cpu' | 'whole' | 'lookEvery', number> = pictureLimits.taskMs,
  ): Promise<Outcome<Tasks[Name]['done']>> {
    this.#tasks += 1
    const child = this.#child
    return new Promise((resolve) => {
      const settle = (outcome: Outcome<Tasks[Name]['done']>): void => {
        clearInterval(looking)
        child.off('message', settle).off('exit', died)
        resolve(outcome)
      }
      const fail = (): void => {
        this.end()
        settle({ failure: 'failed' })
      }
      const died = (): void => {
        this.#hasDied = true
        fail()
      }
      const began = { at: performance.now(), cpuMs: cpuMsOf(child.pid) }
      const looking = setInterval(() => {
        const isLate = performance.now() - began.at > whole || cpuMsOf(child.pid) - began.cpuMs > cpu
        if (isLate) fail()
      }, lookEvery)
      child.once('message', settle).once('exit', died)
      child.send(task, (error) => error !== null && died())
    })
  }

  end(): void {
    this.#isEnded = true
    this.#child.kill('SIGKILL')
  }
}
