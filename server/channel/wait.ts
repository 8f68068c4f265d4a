// A wait that an AbortSignal may end: the one shape that send, receive and select share.

export interface Waiter<Done> {
  done: (result: Done) => void
  fail: (error: unknown) => void
}

/**
 * Waits until the waiter has succeeded or failed. `begin` registers it, without calling it, and returns a function
 * that removes it; that is called when `signal` aborts, and the wait ends with the signal's reason.
 */
export function wait<Done>(
  signal: AbortSignal | undefined,
  begin: (waiter: Waiter<Done>) => () => void,
): Promise<Done> {
  return new Promise<Done>((resolve, reject) => {
    if (signal === undefined) {
      begin({ done: resolve, fail: reject })
      return
    }
    const leave = begin({
      done: (result) => {
        signal.removeEventListener('abort', abort)
        resolve(result)
      },
      fail: (error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    })
    function abort(): void {
      leave()
      reject(signal?.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}
