// Clocks that a test moves: a process that is started with the environment of one goes by it, through libfaketime (npm test
// installs it where it can). Timers go on as ever, as they do when a real clock is set.
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const libraries = '/usr/lib'
const library = (existsSync(libraries) ? readdirSync(libraries) : [])
  .map((folder) => path.join(libraries, folder, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file))

/** False: this machine has no libfaketime, and all clocks stay as they are. */
export const clocksMove = library !== undefined

export class Clock {
  readonly #file: string

  /** `file`: says how far the clock is off. */
  constructor(file: string) {
    this.#file = file
    this.set(0)
    sweep()
  }

  /** The environment of a process that goes by this clock. */
  get env(): Record<string, string> {
    if (library === undefined) return {}
    return {
      // Trap: jemalloc asks for the time while it starts, before it can give libfaketime any memory; so libc's malloc is used.
      LD_PRELOAD: `${library} libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    }
  }

  /** The clock is off by so many seconds, within a second. */
  set(seconds: number): void {
    // Renamed, so that nobody reads half of it.
    writeFileSync(`${this.#file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    renameSync(`${this.#file}.new`, this.#file)
  }
}

/** Removes what libfaketime keeps in memory of a process that was killed. */
export function sweep(): void {
  const memory = '/dev/shm'
  for (const name of existsSync(memory) ? readdirSync(memory) : []) {
    const pid = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(path.join(memory, name), { force: true })
  }
}
