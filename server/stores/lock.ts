// One process at a time owns the stores of a data folder. The lock file names its holder; the lock of a dead holder is
// taken over.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface Holder {
  pid: number
  /** The command as typed: "brook start". */
  verb: string
  /** When the process and the machine started: distinguishes a later process with the same pid. */
  born: string
}

export interface Lock {
  release(): Promise<void>
}

export const isHeld = (result: Lock | Holder): result is Holder => 'pid' in result

/** Takes the lock, or returns its holder. */
export async function takeLock(dataDir: string, verb: string): Promise<Lock | Holder> {
  const file = path.join(dataDir, 'brook.lock')
  const mine = `${file}.${randomUUID()}`
  const me: Holder = { pid: process.pid, verb, born: bornAt(process.pid) ?? '' }
  await writeFile(mine, JSON.stringify(me), { mode: 0o600, flush: true })
  const held: Lock = { release: () => rm(file, { force: true }) }
  try {
    for (;;) {
      // link() fails if the name exists: only one of two processes succeeds, and the file is never half-written.
      if (await linked(mine, file)) return held
      const holder = await readHolder(file)
      if (holder === undefined) continue
      if (isAlive(holder)) return holder
      const heir = await takeOver({ file, mine, dead: holder })
      if (heir === 'mine') return held
      if (heir !== undefined) return heir
    }
  } finally {
    await rm(mine, { force: true })
  }
}

/**
 * Replaces the lock of a dead holder. Whoever links the claim that follows that holder is alone: the others return its
 * process. A claim whose process has died is followed in the same way. Trap: to remove the dead lock first would leave a
 * moment in which two processes hold it. Undefined: the lock has another holder by now.
 */
async function takeOver({
  file,
  mine,
  dead,
}: {
  file: string
  mine: string
  dead: Holder
}): Promise<Holder | 'mine' | undefined> {
  const claims = [claimAfter(file, dead)]
  for (let claim = claims[0] ?? ''; !(await linked(mine, claim)); claims.push(claim)) {
    const other = await readHolder(claim)
    if (other === undefined) return undefined
    if (isAlive(other)) return other
    claim = claimAfter(file, other)
  }
  // A claim is removed after the lock was replaced: who was slow and has linked it again sees the new holder.
  const holder = await readHolder(file)
  const isSame = holder !== undefined && holder.pid === dead.pid && holder.born === dead.born
  if (isSame) await rename(mine, file)
  for (const claim of claims) await rm(claim, { force: true })
  return isSame ? 'mine' : undefined
}

const claimAfter = (file: string, { pid, born }: Holder): string =>
  `${file}.after.${createHash('sha256').update(`${pid} ${born}`).digest('hex').slice(0, 16)}`

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

/** Undefined if the lock has just been released. A file that cannot be read, as after a power cut, is that of nobody. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const nobody: Holder = { pid: 0, verb: '', born: '' }
  try {
    return { ...nobody, ...(JSON.parse(text) as Holder | null) }
  } catch {
    return nobody
  }
}

export function isAlive(holder: Holder): boolean {
  if (holder.pid <= 0) return false
  const born = bornAt(holder.pid)
  return born !== undefined && born === holder.born
}

/** Undefined if there is no such process. Outside Linux only its existence is known. */
function bornAt(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) return isThere(pid) ? '' : undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // Fields after the name (which may contain anything, but ends at the last bracket): 1st is the state, 20th the start time.
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
