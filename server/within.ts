// A time limit for what may also be ended from outside. Trap: in Node 20 a signal that `AbortSignal.any` makes of `AbortSignal.timeout`
// may be collected as garbage before its time, and then never comes; so nothing here uses the two together.

/**
 * `ends`: its signal; when it is over, the timer is. Its reason is that of `outer`, or an error named TimeoutError. Rejects only as the
 * work does.
 */
export async function within<T>(
  ms: number,
  outer: AbortSignal,
  work: (ends: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const end = (): void => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), ms)
  outer.addEventListener('abort', end)
  if (outer.aborted) end()
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
  }
}
