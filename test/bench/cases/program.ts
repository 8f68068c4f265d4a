// A measured process as the bench sees it: started compiled, controlled by messages, measured from outside, stopped with us.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Order } from '../programs/obey.ts'

/** The compiled path of a source file of programs/ or load/. */
export const compiled = (source: URL): URL =>
  new URL(source.href.replace('/test/bench/', '/dist/test/bench/').replace(/\.ts$/, '.js'))

const root = fileURLToPath(new URL('../../..', import.meta.url))
let checkout = root

/** From here on programs run as another checkout has them; none: as this one has them. The load client stays this one's. */
export function runFrom(folder: string | undefined): void {
  checkout = folder ?? root
}

/** Linux counts a process's time in ticks of 10 ms. */
const msPerTick = 10

/** CPU time of a process in ms, in user and kernel mode (proc(5), stat 14 and 15). */
export function cpuMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) /)
  const [user, system] = fields.split(' ').slice(11, 13).map(Number)
  return ((user ?? 0) + (system ?? 0)) * msPerTick
}

/** Resident memory now and at its highest, in MB. */
export function memoryMb(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return { rss: kb('VmRSS') / 1_024, peak: kb('VmHWM') / 1_024 }
}

export class Program {
  readonly #child: ChildProcess
  readonly #name: string

  private constructor(name: string, child: ChildProcess) {
    this.#name = name
    this.#child = child
  }

  /** `source`: its TypeScript. Sends it `given`, and returns its answer once it is ready. */
  static async start<Told>(source: URL, given: unknown): Promise<{ program: Program; told: Told }> {
    const file = path.join(checkout, path.relative(root, fileURLToPath(compiled(source))))
    const child = fork(file, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const program = new Program(file, child)
    return { program, told: await program.ask<Told>({ do: 'start', given }) }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  run<Answer>(work?: unknown): Promise<Answer> {
    return this.ask<Answer>({ do: 'run', work })
  }

  ask<Answer>(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null): void => reject(new Error(`${this.#name} ended with ${code}`))
      this.#child.once('exit', gone)
      this.#child.once('message', (answer: { done?: Answer } | { error: string }) => {
        this.#child.off('exit', gone)
        if ('error' in answer) reject(new Error(answer.error))
        else resolve(answer.done as Answer)
      })
      this.#child.send(order)
    })
  }

  /** Runs `work` while recording a CPU profile of this process, if there is a file for it. */
  async profiled<Done>(file: string | undefined, work: () => Promise<Done>): Promise<Done> {
    if (file === undefined) return work()
    await this.ask({ do: 'profile' })
    const done = await work()
    await this.ask({ do: 'keep profile', file })
    return done
  }

  /** Lets it close its connections, and waits until it has exited. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.send({ do: 'stop' } satisfies Order)
    await gone
  }
}
