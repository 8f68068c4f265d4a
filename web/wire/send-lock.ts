// One tab at a time sends. Web Locks if the browser has them; otherwise, which is everywhere but https and localhost, a
// lease in IndexedDB. Two tabs that both believe they hold the lock do no harm: the cid prevents duplicates.

export interface SendLock {
  /** False once another tab has it. */
  isHeld: () => boolean
  release: () => void
}

/** Waits for the lock of the outbox of `user`; undefined if `signal` ends the wait. */
export type AcquireLock = (user: string, signal: AbortSignal) => Promise<SendLock | undefined>

/** The lock of a tab that shares nothing with others. */
export const unsharedLock: AcquireLock = (_user, signal) =>
  Promise.resolve(signal.aborted ? undefined : { isHeld: () => true, release: () => undefined })

/** A tab that holds the lock this long may be frozen by the browser: the tab that is visible takes it. */
const patienceMs = 8_000

/** The lock by Web Locks. */
export const webLock =
  (locks: LockManager): AcquireLock =>
  async (user, signal) => {
    const name = `brook-outbox:${user}`
    if (document.hidden) return requestLock(locks, name, { signal })
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, patienceMs)
    signal.addEventListener('abort', end, { once: true })
    const lock = await requestLock(locks, name, { signal: ending.signal })
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    if (lock !== undefined || signal.aborted) return lock
    return requestLock(locks, name, { steal: true })
  }

/** Waits for a lock of the browser; undefined if the wait was ended. */
export function requestLock(
  locks: LockManager,
  name: string,
  options: LockOptions,
): Promise<SendLock | undefined> {
  return new Promise((resolve) => {
    let isHeld = true
    const held = locks.request(name, options, () => {
      const { promise, resolve: release } = withResolvers()
      resolve({ isHeld: () => isHeld, release })
      return promise
    })
    // Rejected: the wait was aborted or, after it was granted, another tab has stolen the lock.
    held
      .catch(() => undefined)
      .finally(() => {
        isHeld = false
        resolve(undefined)
      })
  })
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Who holds the lock, and until when (ms). */
export interface Lease {
  name: string
  owner: string
  until: number
}

export interface LeaseStore {
  /** In one transaction: writes `lease` and returns true, unless another owner's lasts beyond `now`. */
  take: (lease: Lease, now: number) => Promise<boolean>
  release: (name: string, owner: string) => Promise<void>
}

/** The lease survives two late renewals; a tab that died is waited for no longer than this. */
const lease = { lastsMs: 5_000, renewEveryMs: 1_500, askEveryMs: 500 } as const

/** The lock by a lease that is renewed while it is held. */
export const leaseLock =
  (store: LeaseStore, owner: string = crypto.getRandomValues(new Uint32Array(2)).join('-')): AcquireLock =>
  async (user, signal) => {
    const name = `outbox:${user}`
    const take = () => store.take({ name, owner, until: Date.now() + lease.lastsMs }, Date.now())
    while (!signal.aborted) {
      if (await take()) return heldLease(take, () => void store.release(name, owner))
      await pause(lease.askEveryMs, signal)
    }
    return undefined
  }

function heldLease(take: () => Promise<boolean>, release: () => void): SendLock {
  let until = Date.now() + lease.lastsMs
  const renewal = setInterval(() => {
    const asked = Date.now()
    void take().then(
      (isHeld) => (until = isHeld ? asked + lease.lastsMs : 0),
      () => (until = 0),
    )
  }, lease.renewEveryMs)
  return {
    isHeld: () => Date.now() < until,
    release: () => {
      clearInterval(renewal)
      release()
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
