// One process at a time owns the stores of a data folder. The lock names its holder; a dead holder's is taken over.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface Holder {
  pid: number
  /** What it is running, as a person typed it: "brook start". */
  verb: string
  /** When the process and the machine started: a later process with the same pid is another one. */
  born: string
}

export interface Lock {
  release(): Promise<void>
}

export const isHeld = (result: Lock | Holder): result is Holder => 'pid' in result

/** Takes the lock, or says who holds it. */
export async function takeLock(dataDir: string, verb: string): Promise<Lock | Holder> {
  const file = path.join(dataDir, 'brook.lock')
  const mine = `${file}.${randomUUID()}`
  const me: Holder = { pid: process.pid, verb, born: bornAt(process.pid) ?? '' }
  await writeFile(mine, JSON.stringify(me), { mode: 0o600 })
  try {
    for (;;) {
      // link() fails when the name is there: of two that try, one has it, and never half-written.
      if (await linked(mine, file)) return { release: () => rm(file, { force: true }) }
      const holder = await readHolder(file)
      if (holder === undefined) continue
      if (isAlive(holder)) return holder
      await removeDead(file, holder)
    }
  } finally {
    await rm(mine, { force: true })
  }
}

/** Trap: between reading a dead holder's lock and removing it, another process may have put its own there. */
async function removeDead(file: string, dead: Holder): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside).catch(() => undefined)
  const taken = await readHolder(aside)
  if (taken !== undefined && (taken.pid !== dead.pid || taken.born !== dead.born)) await linked(aside, file)
  await rm(aside, { force: true })
}

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

/** Undefined when the lock has just gone. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Holder)
}

export function isAlive(holder: Holder): boolean {
  const born = bornAt(holder.pid)
  return born !== undefined && born === holder.born
}

/** Undefined when there is no such process. Outside Linux only its being there is known. */
function bornAt(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) return isThere(pid) ? '' : undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // After the name, which may hold anything but is the last thing in brackets: state is the 1st word, start the 20th.
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return words[0] === 'Z' ? undefined : `${boot} ${words[19]}`
  } catch {
    return undefined
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
