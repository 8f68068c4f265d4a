// Bounded parallel work: at most `width` at once, and the first error cancels the rest.

/**
 * Runs `work` for each item. Items are taken in order, and only when a slot is free, so an endless or costly iterable
 * is read no further than the work has progressed.
 * Invariant: no work is in progress when this returns or throws.
 * @throws the first error of any work, or the reason of `signal`
 */
export async function group<Item>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`width must be at least 1, not ${width}`)
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const iterator = items[Symbol.iterator]()
  let failure: { error: unknown } | undefined
  const lane = async (): Promise<void> => {
    try {
      for (;;) {
        either.throwIfAborted()
        const next = iterator.next()
        if (next.done === true) return
        await work(next.value, either)
      }
    } catch (error) {
      failure ??= { error }
      stop.abort(error)
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  if (failure === undefined) return
  iterator.return?.()
  throw failure.error
}
