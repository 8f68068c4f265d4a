// A time limit for what may also be ended from outside. Trap: in Node 20 a signal that `AbortSignal.any` makes of `AbortSignal.timeout`
// may be collected as garbage before its time, and then never comes.

/** `ends`: its signal; when it is over, the timer is. Rejects only as the work does. */
export async function within<T>(
  ms: number,
  outer: AbortSignal,
  work: (ends: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = setTimeout(abort, ms)
  outer.addEventListener('abort', abort)
  if (outer.aborted) abort()
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}
