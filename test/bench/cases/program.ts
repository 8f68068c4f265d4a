// A measured process as the bench holds it: started compiled, told what to do, watched from outside, ended with us.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Order } from '../programs/obey.ts'

/** Where a source of programs/ or load/ stands once it is compiled. */
export const compiled = (source: URL): URL =>
  new URL(source.href.replace('/test/bench/', '/dist/test/bench/').replace(/\.ts$/, '.js'))

/** Linux counts a process's time in ticks of 10 ms. */
const msPerTick = 10

/** Milliseconds that a process has computed, in user and kernel mode (proc(5), stat 14 and 15). */
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

  /** `source`: its TypeScript. Gives it `given`, and what it told once it was ready. */
  static async start<Told>(source: URL, given: unknown): Promise<{ program: Program; told: Told }> {
    const file = fileURLToPath(compiled(source))
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

  /** Runs `work` while a CPU profile of this process is taken, when there is a file to keep it in. */
  async profiled<Done>(file: string | undefined, work: () => Promise<Done>): Promise<Done> {
    if (file === undefined) return work()
    await this.ask({ do: 'profile' })
    const done = await work()
    await this.ask({ do: 'keep profile', file })
    return done
  }

  /** Lets it close what it has open, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.send({ do: 'stop' } satisfies Order)
    await gone
  }
}
