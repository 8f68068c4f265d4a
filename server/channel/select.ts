// Select: the first of several channels that has something, or has ended. Random among the ready ones, so that a busy
// channel cannot starve a quiet one.
import { wait } from './wait.ts'

/** What select needs of a channel, whatever its values. */
export interface Selectable {
  /** True when receiving would not wait. */
  readonly isReady: boolean
  /** Calls `waker` once when it becomes ready; returns a function that withdraws it. */
  onReady(waker: () => void): () => void
}

/**
 * Waits until one of the channels can be received from (a value, or its end) and returns a ready one, each with the
 * same chance. It takes no value: another receiver may be faster, so use tryReceive. An `undefined` is never chosen;
 * if there is nothing else, only the signal ends the wait.
 * @throws the signal's reason if that aborts
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

/** select with a default: a ready channel, each with the same chance, or undefined if none is ready. */
export function trySelect<C extends Selectable>(channels: readonly (C | undefined)[]): C | undefined {
  let chosen: C | undefined
  let ready = 0
  for (const channel of channels) {
    if (channel?.isReady !== true) continue
    ready += 1
    // A single ready channel needs no random number; the n-th one found replaces the choice with a chance of 1 in n.
    if (ready === 1 || Math.random() * ready < 1) chosen = channel
  }
  return chosen
}
