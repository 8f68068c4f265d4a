// Stopping a long-running command: the first signal drains it, the second ends it at once.
import type { Say } from '../logging/say.ts'

/** A supervisor waits 30 s before it kills; this stays below. */
const drainWithinMs = 28_000

/** Resolves at the first SIGINT or SIGTERM. */
export function stopSignal(say: Say): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signals = 0
    const hear = (signal: NodeJS.Signals): void => {
      signals++
      if (signals === 1) return resolve(signal)
      say('Stopped at once.')
      process.exit(130)
    }
    process.on('SIGINT', hear).on('SIGTERM', hear)
  })
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
