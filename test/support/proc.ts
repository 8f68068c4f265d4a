// A program started by a test: it cannot outlive the test's process, and it can be killed, frozen and restarted.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Child, type Recipe } from '../../server/stores/child.ts'

const living = new Set<Child>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

// The kernel ends the child with us even if we are killed; without setpriv, the exit handler above does what it can.
const setpriv = '/usr/bin/setpriv'
const leashed = (recipe: Recipe): Recipe =>
  existsSync(setpriv)
    ? { ...recipe, command: setpriv, args: ['--pdeathsig', 'KILL', '--', recipe.command, ...recipe.args] }
    : recipe

const sleeper = new Int32Array(new SharedArrayBuffer(4))
const isStopped = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) => {
    try {
      return /\) [Tt] /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))
    } catch {
      // It has exited meanwhile.
      return true
    }
  })

export class StoreProcess {
  readonly #recipe: Recipe
  #child: Child | undefined

  constructor(recipe: Recipe, env: NodeJS.ProcessEnv = {}) {
    this.#recipe = leashed({ ...recipe, env: { ...recipe.env, ...env } })
  }

  get pid(): number {
    return this.#running().pid
  }

  /** Starts it, or starts it again on the same data, and waits until it answers. */
  async start(withinMs = 20_000): Promise<void> {
    const child = await Child.spawn(this.#recipe)
    this.#child = child
    living.add(child)
    void child.gone.then(() => living.delete(child))
    await child.answers(withinMs)
  }

  /** Resolves when it has exited. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#running()
    child.kill(signal)
    await child.gone
  }

  /** Trap: one of its threads has to run before the others stop, which on a busy machine may answer until then. */
  pause(): void {
    const { pid } = this.#running()
    this.#running().kill('SIGSTOP')
    while (!isStopped(pid)) Atomics.wait(sleeper, 0, 0, 1)
  }

  resume(): void {
    this.#running().kill('SIGCONT')
  }

  /** Ends it at once, whatever its state; does nothing if it has exited already. */
  async stop(): Promise<void> {
    await this.#child?.end(0)
  }

  #running(): Child {
    if (this.#child === undefined) throw new Error('it was never started')
    return this.#child
  }
}
