// Select: the first of several channels that has something, or has ended. Fair by chance, so that a busy channel
// cannot starve a quiet one.
import { wait } from './wait.ts'

/** What select asks of a channel, whatever it carries. */
export interface Selectable {
  /** True when receiving would not wait. */
  readonly isReady: boolean
  /** Calls `waker` once when it becomes ready; returns how to withdraw it. */
  onReady(waker: () => void): () => void
}

/**
 * Waits until one of the channels can be received from (a value, or its end) and gives the ready one, each with the
 * same chance. It takes nothing: another receiver may be faster, so look with tryReceive. `undefined` among them is never chosen;
 * with nothing else only the signal ends the wait.
 * @throws the signal's reason when that aborts
 */
export async function select<C extends Selectable>(
  channels: readonly (C | undefined)[],
  signal?: AbortSignal,
): Promise<C> {
  for (;;) {
    signal?.throwIfAborted()
    const chosen = trySelect(channels)
    if (chosen !== undefined) return chosen
    await wait<undefined>(signal, ({ done }) => {
      const withdraw = channels.map((channel) => channel?.onReady(wake))
      const leave = (): void => {
        for (const withdrawOne of withdraw) withdrawOne?.()
      }
      function wake(): void {
        leave()
        done(undefined)
      }
      return leave
    })
  }
}

/** select with a default: a ready channel, each with the same chance, or undefined when none is at this moment. */
export function trySelect<C extends Selectable>(channels: readonly (C | undefined)[]): C | undefined {
  let chosen: C | undefined
  let ready = 0
  for (const channel of channels) {
    if (channel?.isReady !== true) continue
    ready += 1
    // One ready channel needs no chance; of n the last one seen is taken with a chance of 1 in n.
    if (ready === 1 || Math.random() * ready < 1) chosen = channel
  }
  return chosen
}
