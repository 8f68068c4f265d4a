// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  leaseLock,
  webLock,
  type Lease,
  type LeaseStore,
  type SendLock,
} from '../../../web/wire/send-lock.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const settle = () => vi.advanceTimersByTimeAsync(0)
const never = new AbortController().signal

/** Asks for the lock and shows what became of it. */
function asking(asked: Promise<SendLock | undefined>) {
  const it = { lock: undefined as SendLock | undefined, isAnswered: false }
  void asked.then((lock) => {
    it.lock = lock
    it.isAnswered = true
  })
  return it
}

describe('the lock by a lease', () => {
  function leases(): LeaseStore {
    const held = new Map<string, Lease>()
    return {
      take: (lease, now) => {
        const other = held.get(lease.name)
        const isFree = other === undefined || other.owner === lease.owner || other.until <= now
        if (isFree) held.set(lease.name, lease)
        return Promise.resolve(isFree)
      },
      release: (name, owner) => {
        if (held.get(name)?.owner === owner) held.delete(name)
        return Promise.resolve()
      },
    }
  }

  it('is one tab’s at a time, and the next one’s when it is released', async () => {
    const store = leases()
    const left = asking(leaseLock(store, 'left')('1', never))
    const right = asking(leaseLock(store, 'right')('1', never))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(left.lock?.isHeld()).toBe(true)
    expect(right.isAnswered).toBe(false)
    left.lock?.release()
    await vi.advanceTimersByTimeAsync(500)
    expect(right.lock?.isHeld()).toBe(true)
  })

  it('passes on when its tab has died', async () => {
    const store = leases()
    await store.take({ name: 'outbox:1', owner: 'dead', until: Date.now() + 5_000 }, Date.now())
    const next = asking(leaseLock(store, 'next')('1', never))
    await vi.advanceTimersByTimeAsync(4_500)
    expect(next.isAnswered).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(next.lock?.isHeld()).toBe(true)
  })

  it('is known to be lost by a tab that slept while another took it', async () => {
    const store = leases()
    const slept = asking(leaseLock(store, 'slept')('1', never))
    await settle()
    vi.setSystemTime(Date.now() + 6_000)
    expect(slept.lock?.isHeld()).toBe(false)
    expect(
      await store.take({ name: 'outbox:1', owner: 'other', until: Date.now() + 60_000 }, Date.now()),
    ).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(slept.lock?.isHeld()).toBe(false)
  })

  it('is per person, and its wait can be aborted', async () => {
    const store = leases()
    const ann = asking(leaseLock(store, 'a')('1', never))
    const bob = asking(leaseLock(store, 'b')('2', never))
    const ending = new AbortController()
    const ended = asking(leaseLock(store, 'c')('1', ending.signal))
    await settle()
    ending.abort()
    await settle()
    expect([ann.lock?.isHeld(), bob.lock?.isHeld()]).toEqual([true, true])
    expect(ended).toEqual({ lock: undefined, isAnswered: true })
  })
})

describe('the lock by Web Locks', () => {
  /** The used part of LockManager, behaving as in the standard. */
  function fakeLocks(): LockManager {
    let holder: { end: (why?: Error) => void } | undefined
    const line: (() => void)[] = []
    const next = () => {
      holder = undefined
      line.shift()?.()
    }
    const request = (_name: string, options: LockOptions, work: () => Promise<void>) =>
      new Promise<void>((resolve, reject) => {
        const run = () => {
          const mine = { end: (why?: Error) => (why === undefined ? resolve() : reject(why)) }
          holder = mine
          void work().then(() => {
            mine.end()
            if (holder === mine) next()
          })
        }
        if (options.steal === true) {
          holder?.end(new Error('AbortError'))
          return run()
        }
        if (holder === undefined) return run()
        line.push(run)
        options.signal?.addEventListener('abort', () => {
          line.splice(line.indexOf(run), 1)
          reject(new Error('AbortError'))
        })
      })
    return { request } as unknown as LockManager
  }

  it('is one tab’s at a time, and the next one’s when it is released', async () => {
    const take = webLock(fakeLocks())
    const left = asking(take('1', never))
    const right = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([left.lock?.isHeld(), right.isAnswered]).toEqual([true, false])
    left.lock?.release()
    await settle()
    expect(right.lock?.isHeld()).toBe(true)
    expect(left.lock?.isHeld()).toBe(false)
  })

  it('is taken from a tab that holds it and does nothing, by a visible tab', async () => {
    const take = webLock(fakeLocks())
    const frozen = asking(take('1', never))
    const looked = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(8_000)
    expect([frozen.lock?.isHeld(), looked.lock?.isHeld()]).toEqual([false, true])
  })

  it('is never taken by a hidden tab', async () => {
    const take = webLock(fakeLocks())
    const holder = asking(take('1', never))
    await settle()
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const hidden = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([holder.lock?.isHeld(), hidden.isAnswered]).toEqual([true, false])
  })

  it('is no longer waited for if there is nothing to send', async () => {
    const take = webLock(fakeLocks())
    const ending = new AbortController()
    asking(take('1', never))
    const waiting = asking(take('1', ending.signal))
    await settle()
    ending.abort()
    await settle()
    expect(waiting).toEqual({ lock: undefined, isAnswered: true })
  })
})
