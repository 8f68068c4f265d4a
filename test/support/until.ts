// Waiting in tests: for a condition, never for a time.
import { setTimeout as pause } from 'node:timers/promises'

const lookEveryMs = 25

/**
 * Resolves with the result of `look` once `holds` accepts it (by default: once it is truthy). Fails after `withinMs`,
 * showing what it last saw.
 */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  holds: (seen: Seen) => boolean = Boolean,
  withinMs = 30_000,
): Promise<Seen> {
  const end = Date.now() + withinMs
  // Made here, so that its stack leads to the test.
  const late = new Error()
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (Date.now() > end) {
      late.message = `waited ${withinMs} ms; last seen: ${JSON.stringify(seen)?.slice(0, 800)}`
      throw late
    }
    await pause(lookEveryMs)
  }
}
