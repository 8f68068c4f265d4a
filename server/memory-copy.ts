// What MySQL has of something small, in this process's memory: nobody waits for it, and it holds while the stores are away. MySQL is
// asked now and then whether there is news, and at once when the bus says so.
import type { Bus, Signal } from './bus.ts'
import type { Db } from './db.ts'
import { factOf } from './facts.ts'
import type { Feature } from './feature.ts'
import { Repeated } from './repeated.ts'

export interface MemoryCopyDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

export interface Copied {
  /** Tells every process that there may be news. */
  signal: 'bans' | 'blocks' | 'emoji' | 'groups' | 'names' | 'profiles' | 'workspace'
  /** Counts the changes (facts.ts, `countChange`), so that nothing is read where nothing has changed. Without it, all is read each time. */
  fact?: string
  everyMs: number
  /** What is being done when an error is reported. */
  where: string
}

export abstract class MemoryCopy {
  readonly #deps: MemoryCopyDeps
  readonly #copied: Copied
  #asking: Repeated | undefined
  #version: string | undefined
  #reading: Promise<void> = Promise.resolve()

  constructor({ db, bus, onError }: MemoryCopyDeps, copied: Copied) {
    this.#deps = { db, bus, onError }
    this.#copied = copied
  }

  /** Reads what MySQL has, and replaces what was there before. `version`: of the fact. */
  protected abstract take(db: Db, version: string): Promise<void>

  /** Once a change is committed: it holds here when this resolves, and on the other servers a moment later. */
  async changed(): Promise<void> {
    this.#deps.bus.publish({ kind: this.#copied.signal })
    await this.read()
  }

  /** What a feature does to keep it up to date. */
  asFeature(): Required<Pick<Feature, 'open' | 'onReconnect' | 'onSignal' | 'close'>> {
    return {
      open: () => this.open(),
      onReconnect: () => this.#asking?.soon(),
      onSignal: (signal: Signal) => {
        if (signal.kind === this.#copied.signal) this.#asking?.soon()
      },
      close: () => this.close(),
    }
  }

  /** Reads what there is, and from then on what changes. @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    const { everyMs, where } = this.#copied
    this.#asking ??= new Repeated({
      everyMs,
      run: () => this.read(),
      onError: (error) => this.#deps.onError(error, where),
    })
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  /** One read after the other: what was read earlier never replaces what was read later. @throws a lost connection */
  read(): Promise<void> {
    const read = this.#reading.then(() => this.#read())
    this.#reading = read.catch(() => undefined)
    return read
  }

  async #read(): Promise<void> {
    const { db } = this.#deps
    const { fact } = this.#copied
    // Before the rows: a change that comes in between is read again.
    const version = fact === undefined ? undefined : ((await factOf(db, fact)) ?? '0')
    if (version !== undefined && version === this.#version) return
    await this.take(db, version ?? '')
    this.#version = version
  }
}
