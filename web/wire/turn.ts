// One tab at a time sends. Web Locks where the browser has them; a lease in IndexedDB where it has not, which is
// everywhere but https and localhost. Two tabs that both believe to have the turn do no harm: a cid doubles nothing.

export interface Turn {
  /** False once another tab has it. */
  isMine: () => boolean
  letGo: () => void
}

/** Waits for the turn over the outbox of `user`; undefined when `signal` ends the wait. */
export type TakeTurn = (user: string, signal: AbortSignal) => Promise<Turn | undefined>

/** The turn of a tab that shares nothing with others. */
export const takeAloneTurn: TakeTurn = (_user, signal) =>
  Promise.resolve(signal.aborted ? undefined : { isMine: () => true, letGo: () => undefined })

/** A tab that keeps the turn this long may be frozen by the browser: the one that a person looks at takes it. */
const patienceMs = 8_000

/** The turn by Web Locks. */
export const lockTurns =
  (locks: LockManager): TakeTurn =>
  async (user, signal) => {
    const name = `brook-outbox:${user}`
    if (document.hidden) return requestLock(locks, name, { signal })
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, patienceMs)
    signal.addEventListener('abort', end, { once: true })
    const turn = await requestLock(locks, name, { signal: ending.signal })
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    if (turn !== undefined || signal.aborted) return turn
    return requestLock(locks, name, { steal: true })
  }

function requestLock(locks: LockManager, name: string, options: LockOptions): Promise<Turn | undefined> {
  return new Promise((resolve) => {
    let isMine = true
    const held = locks.request(name, options, () => {
      const { promise, resolve: letGo } = withResolvers()
      resolve({ isMine: () => isMine, letGo })
      return promise
    })
    // Rejected: the wait was ended, or (once had) another tab has stolen the lock.
    held
      .catch(() => undefined)
      .finally(() => {
        isMine = false
        resolve(undefined)
      })
  })
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Who has the turn, and until when (ms). */
export interface Lease {
  name: string
  owner: string
  until: number
}

export interface LeaseStore {
  /** In one transaction: writes `lease` and answers true, unless another owner's lasts beyond `now`. */
  take: (lease: Lease, now: number) => Promise<boolean>
  letGo: (name: string, owner: string) => Promise<void>
}

/** The lease outlives two renewals that came late; a tab that died is waited for no longer than this. */
const lease = { lastsMs: 5_000, renewEveryMs: 1_500, askEveryMs: 500 } as const

/** The turn by a lease that is renewed while it is held. */
export const leaseTurns =
  (store: LeaseStore, owner: string = crypto.getRandomValues(new Uint32Array(2)).join('-')): TakeTurn =>
  async (user, signal) => {
    const name = `outbox:${user}`
    const take = () => store.take({ name, owner, until: Date.now() + lease.lastsMs }, Date.now())
    while (!signal.aborted) {
      if (await take()) return heldLease(take, () => void store.letGo(name, owner))
      await pause(lease.askEveryMs, signal)
    }
    return undefined
  }

function heldLease(take: () => Promise<boolean>, letGo: () => void): Turn {
  let until = Date.now() + lease.lastsMs
  const renewal = setInterval(() => {
    const asked = Date.now()
    void take().then(
      (isMine) => (until = isMine ? asked + lease.lastsMs : 0),
      () => (until = 0),
    )
  }, lease.renewEveryMs)
  return {
    isMine: () => Date.now() < until,
    letGo: () => {
      clearInterval(renewal)
      letGo()
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
