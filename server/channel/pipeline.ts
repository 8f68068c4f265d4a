// Fetches page N+1 while page N is written. A channel is between the two sides, so a fast side waits for the slow one and
// memory holds `ahead` pages plus one on each side.
import { Channel, closed } from './channel.ts'

/** Pages that may wait: enough to bridge a slow page, few enough to fit in memory. */
export const pagesAhead = 20

export interface PipelineOptions {
  ahead?: number
  /** Ends both sides; the pipeline then throws the signal's reason. */
  signal?: AbortSignal
}

/**
 * Writes every page in the order it was fetched. If either side ends early, the signal that both receive ends the
 * other; pages that were fetched but not written are dropped.
 * Invariant: no work is in progress when this returns or throws.
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
    // Leaving the loop by an error closes the iterator, and with it what it keeps open.
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
