// Starts the process that makes one backup (backup-worker.ts), and hears what became of it.
import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Order } from './backup-worker.ts'
import type { Outcome } from './records.ts'

/** The compiled program, or its source if this runs from sources. */
const extension = path.extname(import.meta.url)
const program = fileURLToPath(new URL(`./backup-worker${extension}`, import.meta.url))
const loader = (): string[] =>
  extension === '.ts' ? ['--import', createRequire(import.meta.url).resolve('tsx')] : []

export class BackupProcess {
  readonly #child: ChildProcess
  /** Resolves when it is gone. */
  readonly outcome: Promise<Pick<Outcome, 'state' | 'why'>>

  constructor(order: Order) {
    this.#child = fork(program, [], {
      execArgv: [...loader(), '--max-old-space-size=128'],
      env: { PATH: process.env['PATH'], MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.outcome = new Promise((resolve) => {
      let last: Pick<Outcome, 'state' | 'why'> = { state: 'interrupted' }
      this.#child.on('message', (told) => (last = told as typeof last))
      this.#child.once('error', (error) => resolve({ state: 'failed', why: error.message }))
      this.#child.once('exit', () => resolve(last))
    })
    this.#child.send(order, () => undefined)
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}
