// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leaseTurns, lockTurns, type Lease, type LeaseStore, type Turn } from '../../../web/wire/turn.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const settle = () => vi.advanceTimersByTimeAsync(0)
const never = new AbortController().signal

/** Asks for the turn and shows what became of it. */
function asking(asked: Promise<Turn | undefined>) {
  const it = { turn: undefined as Turn | undefined, isAnswered: false }
  void asked.then((turn) => {
    it.turn = turn
    it.isAnswered = true
  })
  return it
}

describe('the turn by a lease', () => {
  function leases(): LeaseStore {
    const held = new Map<string, Lease>()
    return {
      take: (lease, now) => {
        const other = held.get(lease.name)
        const isFree = other === undefined || other.owner === lease.owner || other.until <= now
        if (isFree) held.set(lease.name, lease)
        return Promise.resolve(isFree)
      },
      letGo: (name, owner) => {
        if (held.get(name)?.owner === owner) held.delete(name)
        return Promise.resolve()
      },
    }
  }

  it('is one tab’s at a time, and the next one’s when it is let go', async () => {
    const store = leases()
    const left = asking(leaseTurns(store, 'left')('1', never))
    const right = asking(leaseTurns(store, 'right')('1', never))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(left.turn?.isMine()).toBe(true)
    expect(right.isAnswered).toBe(false)
    left.turn?.letGo()
    await vi.advanceTimersByTimeAsync(500)
    expect(right.turn?.isMine()).toBe(true)
  })

  it('passes on when its tab has died', async () => {
    const store = leases()
    await store.take({ name: 'outbox:1', owner: 'dead', until: Date.now() + 5_000 }, Date.now())
    const next = asking(leaseTurns(store, 'next')('1', never))
    await vi.advanceTimersByTimeAsync(4_500)
    expect(next.isAnswered).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(next.turn?.isMine()).toBe(true)
  })

  it('is known to be lost by a tab that slept while another took it', async () => {
    const store = leases()
    const slept = asking(leaseTurns(store, 'slept')('1', never))
    await settle()
    vi.setSystemTime(Date.now() + 6_000)
    expect(slept.turn?.isMine()).toBe(false)
    expect(
      await store.take({ name: 'outbox:1', owner: 'other', until: Date.now() + 60_000 }, Date.now()),
    ).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(slept.turn?.isMine()).toBe(false)
  })

  it('is per person, and its wait can be ended', async () => {
    const store = leases()
    const ann = asking(leaseTurns(store, 'a')('1', never))
    const bob = asking(leaseTurns(store, 'b')('2', never))
    const ending = new AbortController()
    const ended = asking(leaseTurns(store, 'c')('1', ending.signal))
    await settle()
    ending.abort()
    await settle()
    expect([ann.turn?.isMine(), bob.turn?.isMine()]).toEqual([true, true])
    expect(ended).toEqual({ turn: undefined, isAnswered: true })
  })
})

describe('the turn by Web Locks', () => {
  /** The part of LockManager that is used, as the standard says it behaves. */
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

  it('is one tab’s at a time, and the next one’s when it is let go', async () => {
    const take = lockTurns(fakeLocks())
    const left = asking(take('1', never))
    const right = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([left.turn?.isMine(), right.isAnswered]).toEqual([true, false])
    left.turn?.letGo()
    await settle()
    expect(right.turn?.isMine()).toBe(true)
    expect(left.turn?.isMine()).toBe(false)
  })

  it('is taken from a tab that keeps it and does nothing, by the one a person looks at', async () => {
    const take = lockTurns(fakeLocks())
    const frozen = asking(take('1', never))
    const looked = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(8_000)
    expect([frozen.turn?.isMine(), looked.turn?.isMine()]).toEqual([false, true])
  })

  it('is never taken by a tab that nobody looks at', async () => {
    const take = lockTurns(fakeLocks())
    const holder = asking(take('1', never))
    await settle()
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const hidden = asking(take('1', never))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([holder.turn?.isMine(), hidden.isAnswered]).toEqual([true, false])
  })

  it('is no more waited for when there is nothing to send', async () => {
    const take = lockTurns(fakeLocks())
    const ending = new AbortController()
    asking(take('1', never))
    const waiting = asking(take('1', ending.signal))
    await settle()
    ending.abort()
    await settle()
    expect(waiting).toEqual({ turn: undefined, isAnswered: true })
  })
})
