// Fetches page N+1 while page N is written. Between the two stands a channel, so a fast side waits for the slow one and
// memory holds `ahead` pages and the one in each hand.
import { Channel, closed } from './channel.ts'

/** Pages that may wait: enough to ride out a slow page, few enough to be held in memory. */
export const pagesAhead = 20

export interface PipelineOptions {
  ahead?: number
  /** Ends both sides; the pipeline then throws the signal's reason. */
  signal?: AbortSignal
}

/**
 * Writes every page in the order it was fetched. Whatever ends one side ends the other through the signal that both
 * are given; what was fetched and not written is let go.
 * Invariant: nothing is under way any more when this returns or throws.
 * @throws the first error of either side, or the reason of `signal`
 */
export async function pipeline<Page>(
  fetch: (signal: AbortSignal) => AsyncIterable<Page>,
  write: (page: Page, signal: AbortSignal) => Promise<void>,
  { ahead = pagesAhead, signal }: PipelineOptions = {},
): Promise<void> {
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const waiting = new Channel<Page>(ahead)
  let failure: { error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    stop.abort(error)
  }
  const fetchAll = async (): Promise<void> => {
    // Leaving the loop by an error closes the iterator, and with it what it holds open.
    for await (const page of fetch(either)) await waiting.send(page, either)
  }
  const writeAll = async (): Promise<void> => {
    for (;;) {
      const page = await waiting.receive(either)
      if (page === closed) return
      await write(page, either)
    }
  }
  await Promise.all([
    fetchAll()
      .catch(fail)
      .finally(() => waiting.close()),
    writeAll().catch(fail),
  ])
  if (failure !== undefined) throw failure.error
}
