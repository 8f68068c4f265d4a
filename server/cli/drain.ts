// Stopping a long-running command: the first signal drains it, a later one ends it at once. Whoever started it through npm
// may end npm or its shell instead.
import { readFileSync } from 'node:fs'
import type { Say } from '../logging/say.ts'

/** A supervisor waits 30 s before it kills; this stays below. */
const drainWithinMs = 28_000

/** A terminal or a supervisor signals the whole group, and npm hands its own signal on: the same one comes twice. */
const sameWithinMs = 1_000

/** How often it is looked whether npm is still there. */
const lookEveryMs = 500

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, and, as SIGHUP, when the npm that started this has gone. */
export function stopSignal(say: Say): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let heardAt: number | undefined
    const hear = (signal: NodeJS.Signals): void => {
      heardAt ??= performance.now()
      resolve(signal)
      if (performance.now() - heardAt < sameWithinMs) return
      say('Stopped at once.')
      process.exit(130)
    }
    process.on('SIGINT', hear).on('SIGTERM', hear).on('SIGHUP', hear)
    onOrphaned(() => resolve('SIGHUP'))
  })
}

/** Trap: npm and its shell may be killed without a word to what they run, which would go on, and its stores with it. */
function onOrphaned(act: () => void): void {
  if (process.env['npm_package_name'] !== 'brook') return
  const first = startedBy()
  const timer = setInterval(() => {
    if (startedBy() === first) return
    clearInterval(timer)
    act()
  }, lookEveryMs)
  timer.unref()
}

/** The parent; where that is npm's shell, which stays when npm is killed, npm as well. */
function startedBy(): string {
  const { ppid } = process
  const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/.exec(statOf(ppid)) ?? []
  return /^\w*sh$/.test(name) ? `${ppid} ${parent}` : String(ppid)
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // Not on Linux, or it has just ended.
    return ''
  }
}

export interface Part {
  name: string
  close(): Promise<void>
}

/** Closes the parts one after the other, even if one fails; after the deadline the process exits. */
export async function drain(parts: Part[], say: Say): Promise<void> {
  const late = setTimeout(() => {
    say(`Not drained after ${drainWithinMs / 1000} s; stopping now.`, 'error')
    process.exit(1)
  }, drainWithinMs)
  for (const part of parts)
    await part.close().catch((error: Error) => say(`${part.name} did not close: ${error.message}`, 'error'))
  clearTimeout(late)
}
