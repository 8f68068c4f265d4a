import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isCid } from '../../../server/protocol/cid.ts'
import type { ErrorCode } from '../../../server/protocol/errors.ts'
import { Outbox, type Said } from '../../../web/wire/outbox.ts'
import { memoryStorage, type OutboxStorage } from '../../../web/wire/outbox-storage.ts'
import type { Outgoing, OwnChange } from '../../../web/wire/outgoing.ts'
import type { AcquireLock } from '../../../web/wire/send-lock.ts'

/** One tab of a browser: its outbox on a storage that may be shared, and what it has sent. */
function openTab(storage: OutboxStorage = memoryStorage(), user = '1') {
  const tab = {
    sent: [] as Said[],
    items: [] as Outgoing[],
    dropped: [] as [OwnChange, string][],
    doubts: 0,
    isConnected: true,
    announced: 0,
    outbox: undefined as unknown as Outbox,
  }
  tab.outbox = new Outbox({
    storage,
    user,
    tell: (send) => {
      if (tab.isConnected) tab.sent.push(send)
      return tab.isConnected
    },
    doubt: () => (tab.doubts += 1),
    changed: (items) => (tab.items = items),
    dropped: ({ change }, { code }) => tab.dropped.push([change, code]),
    announce: () => (tab.announced += 1),
  })
  return tab
}

/** Lets pending writes and requests complete, without time passing. */
const settle = () => vi.advanceTimersByTimeAsync(0)

async function liveTab(storage?: OutboxStorage) {
  const tab = openTab(storage)
  tab.outbox.live(true)
  await settle()
  return tab
}

const textOf = (item: Outgoing | Said | undefined) => (item && 'text' in item ? item.text : undefined)
const texts = (tab: { sent: Said[] }) => tab.sent.map(textOf)
const refuse = (tab: { outbox: Outbox }, cid: string, code: ErrorCode, retryAfterMs = 0) =>
  tab.outbox.refused({ type: 'error', code, message: '', cid, retryAfterMs })

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a message in the outbox', () => {
  it('is shown at once, stored before it is sent, and gone when it is answered', async () => {
    const storage = memoryStorage()
    const tab = await liveTab(storage)
    const cid = tab.outbox.put('7', { text: 'hi', replyTo: 3 })
    expect(isCid(cid)).toBe(true)
    expect(tab.items.map((item) => [textOf(item), item.state])).toEqual([['hi', 'waiting']])
    expect(tab.sent).toEqual([])
    await settle()
    expect(await storage.all('1')).toHaveLength(1)
    expect(tab.sent).toEqual([{ type: 'send', room: '7', cid, text: 'hi', replyTo: 3 }])
    tab.outbox.logged(cid)
    await settle()
    expect(tab.items).toEqual([])
    expect(await storage.all('1')).toEqual([])
  })

  it('is not sent before it is stored', async () => {
    let kept: () => void = () => undefined
    const storage = memoryStorage()
    const put = async (item: Outgoing) => {
      await new Promise<void>((resolve) => (kept = resolve))
      await storage.put(item)
    }
    const tab = await liveTab({ ...storage, put })
    tab.outbox.put('7', { text: 'hi' })
    await tab.outbox.refresh()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(tab.sent).toEqual([])
    kept()
    await settle()
    expect(texts(tab)).toEqual(['hi'])
  })

  it('is sent all the same if the disk is full', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const tab = await liveTab({
      ...memoryStorage(),
      put: () => Promise.reject(new Error('QuotaExceededError')),
    })
    tab.outbox.put('7', { text: 'hi' })
    await settle()
    expect(texts(tab)).toEqual(['hi'])
    expect(tab.items).toHaveLength(1)
  })

  it('is sent all the same if the lock cannot be shared', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const tab = await liveTab({ ...memoryStorage(), acquireLock: () => Promise.reject(new Error('closed')) })
    tab.outbox.put('7', { text: 'hi' })
    await settle()
    expect(texts(tab)).toEqual(['hi'])
  })

  it('waits while there is no connection, and survives a reload', async () => {
    const storage = memoryStorage()
    const before = openTab(storage)
    const cid = before.outbox.put('7', { text: 'hi' })
    await settle()
    expect(before.sent).toEqual([])
    const after = openTab(storage)
    await after.outbox.refresh()
    after.outbox.live(true)
    await settle()
    expect(after.sent.map((send) => send.cid)).toEqual([cid])
  })

  it('does not belong to another person', async () => {
    const storage = memoryStorage()
    openTab(storage, '1').outbox.put('7', { text: 'hi' })
    await settle()
    const bob = openTab(storage, '2')
    bob.outbox.live(true)
    await bob.outbox.refresh()
    expect(bob.items).toEqual([])
  })

  it('is sent again with the same cid if the answer was lost with the connection', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    tab.outbox.live(false)
    tab.outbox.live(true)
    await settle()
    expect(tab.sent.map((send) => send.cid)).toEqual([cid, cid])
  })

  it('is sent again with the same cid if no answer comes, and doubts the connection', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    await vi.advanceTimersByTimeAsync(8_000)
    expect(tab.doubts).toBe(1)
    await vi.advanceTimersByTimeAsync(250)
    expect(tab.sent.map((send) => send.cid)).toEqual([cid, cid])
  })
})

describe('the order of a room', () => {
  it('is kept: one is sent at a time, in the order they were written', async () => {
    const tab = await liveTab()
    for (const text of ['one', 'two', 'three']) tab.outbox.put('7', { text })
    await settle()
    await tab.outbox.refresh()
    expect(texts(tab)).toEqual(['one'])
    tab.outbox.logged(tab.sent[0]?.cid ?? '')
    await settle()
    expect(texts(tab)).toEqual(['one', 'two'])
  })

  it('does not hold back another room', async () => {
    const tab = await liveTab()
    tab.outbox.put('7', { text: 'here' })
    tab.outbox.put('8', { text: 'there' })
    await settle()
    expect(texts(tab)).toEqual(['here', 'there'])
  })

  it('is kept if the first cannot be accepted now: those behind it wait with it', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'one' })
    tab.outbox.put('7', { text: 'two' })
    await settle()
    refuse(tab, cid, 'log_unavailable')
    await settle()
    expect(texts(tab)).toEqual(['one'])
    await vi.advanceTimersByTimeAsync(250)
    expect(texts(tab)).toEqual(['one', 'one'])
  })

  it('follows the clock that all tabs share, and within a tab never goes backwards', async () => {
    vi.setSystemTime(2_000_000)
    const tab = openTab()
    tab.outbox.put('7', { text: 'one' })
    vi.setSystemTime(1_000_000)
    tab.outbox.put('7', { text: 'two' })
    expect(tab.items.map(textOf)).toEqual(['one', 'two'])
  })
})

describe('a refusal', () => {
  it.each([
    'too_many',
    'overloaded',
    'log_unavailable',
    'log_unknown',
    'not_ready',
    'internal',
    'signed_out',
  ] as const)('by %s leaves the message waiting', async (code) => {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    refuse(tab, cid, code)
    expect(tab.items.map(({ state }) => state)).toEqual(['waiting'])
    await vi.advanceTimersByTimeAsync(20_000)
    expect(tab.sent.map((send) => send.cid).slice(0, 2)).toEqual([cid, cid])
  })

  it('with a time for a retry is followed, with jitter', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    refuse(tab, cid, 'too_many', 3_000)
    await vi.advanceTimersByTimeAsync(3_249)
    expect(tab.sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(tab.sent).toHaveLength(2)
  })

  it.each(['message_too_long', 'bad_text', 'not_found', 'not_allowed', 'bad_reply'] as const)(
    'by %s leaves it as failed, with the reason, and the next one is sent',
    async (code) => {
      const storage = memoryStorage()
      const tab = await liveTab(storage)
      const cid = tab.outbox.put('7', { text: 'one' })
      tab.outbox.put('7', { text: 'two' })
      await settle()
      refuse(tab, cid, code)
      await settle()
      expect(tab.items[0]).toMatchObject({ cid, state: 'failed', refusal: { code } })
      expect(texts(tab)).toEqual(['one', 'two'])
      expect((await storage.all('1'))[0]).toMatchObject({ cid, state: 'failed', refusal: { code } })
    },
  )

  it('of a message that is not here is ignored', async () => {
    const tab = await liveTab()
    refuse(tab, 'unheard-of', 'bad_text')
    expect(tab.items).toEqual([])
  })
})

describe('a failed message', () => {
  async function failed() {
    const tab = await liveTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    refuse(tab, cid, 'not_allowed')
    await settle()
    return { tab, cid }
  }

  it('is not sent by itself', async () => {
    const { tab } = await failed()
    tab.outbox.live(false)
    tab.outbox.live(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(tab.sent).toHaveLength(1)
  })

  it('is resent unchanged, with its cid: the same text is the same message', async () => {
    const { tab, cid } = await failed()
    tab.outbox.resend(cid)
    expect(tab.items[0]).toMatchObject({ cid, state: 'waiting' })
    expect(tab.items[0]?.refusal).toBeUndefined()
    await settle()
    expect(tab.sent.map((send) => send.cid)).toEqual([cid, cid])
  })

  it('stays as it is if the server refuses it once more, late', async () => {
    const { tab, cid } = await failed()
    refuse(tab, cid, 'overloaded')
    refuse(tab, cid, 'bad_text')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(tab.items[0]?.refusal).toEqual({ code: 'not_allowed' })
    expect(tab.sent).toHaveLength(1)
  })

  it('is the only one that can be resent: what waits is sent automatically', async () => {
    const tab = openTab()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    const announced = tab.announced
    tab.outbox.resend(cid)
    await settle()
    expect(tab.announced).toBe(announced)
  })

  it('is withdrawn with its text', async () => {
    const { tab, cid } = await failed()
    expect(textOf(tab.outbox.remove(cid))).toBe('hi')
    expect(tab.items).toEqual([])
    expect(tab.outbox.remove(cid)).toBeUndefined()
  })
})

describe('the tabs of one browser', () => {
  /** A lock for which tabs wait in line. */
  function sharedLock(): AcquireLock {
    let line = Promise.resolve()
    return (_user, signal) => {
      let release: () => void = () => undefined
      const before = line
      line = new Promise<void>((resolve) => (release = resolve))
      return before.then(() => {
        if (signal.aborted) {
          release()
          return undefined
        }
        return { isHeld: () => true, release }
      })
    }
  }

  async function twoTabs() {
    const storage = { ...memoryStorage(), acquireLock: sharedLock() }
    const tabs = [openTab(storage), openTab(storage)] as const
    for (const tab of tabs) {
      tab.outbox.live(true)
      await settle()
    }
    return tabs
  }

  it('do not send the same message twice', async () => {
    const [left, right] = await twoTabs()
    const cid = left.outbox.put('7', { text: 'hi' })
    await settle()
    await right.outbox.refresh()
    await settle()
    expect([...left.sent, ...right.sent].map((send) => send.cid)).toEqual([cid])
    left.outbox.logged(cid)
    await settle()
    await right.outbox.refresh()
    await settle()
    expect(right.items).toEqual([])
    expect(right.sent).toEqual([])
  })

  it('send for each other: the one that has a connection takes over', async () => {
    const [left, right] = await twoTabs()
    left.outbox.put('7', { text: 'hi' })
    await settle()
    await right.outbox.refresh()
    expect(right.sent).toEqual([])
    left.outbox.live(false)
    await settle()
    expect(texts(right)).toEqual(['hi'])
  })

  it('release the lock when nothing is left to send', async () => {
    const [left, right] = await twoTabs()
    left.outbox.logged(left.outbox.put('7', { text: 'one' }))
    await settle()
    right.outbox.put('7', { text: 'two' })
    await settle()
    expect(texts(right)).toEqual(['two'])
  })

  it('do not bring back what was answered while the storage was being read', async () => {
    let release: () => void = () => undefined
    const storage = memoryStorage()
    const tab = await liveTab({
      ...storage,
      all: async (user) => {
        const items = await storage.all(user)
        await new Promise<void>((resolve) => (release = resolve))
        return items
      },
    })
    release()
    const cid = tab.outbox.put('7', { text: 'hi' })
    await settle()
    release()
    await settle()
    const reading = tab.outbox.refresh()
    await settle()
    tab.outbox.logged(cid)
    release()
    await reading
    expect(tab.items).toEqual([])
  })

  it('do not forget what is being written while the storage is read', async () => {
    const storage = memoryStorage()
    const tab = openTab({ ...storage, put: () => new Promise<void>(() => undefined) })
    tab.outbox.put('7', { text: 'hi' })
    await tab.outbox.refresh()
    expect(tab.items.map(textOf)).toEqual(['hi'])
  })
})

describe('a change in the outbox', () => {
  const edit: OwnChange = { type: 'edit', seq: 5, text: 'better' }
  const react: OwnChange = { type: 'react', seq: 5, emoji: '👍', on: true }

  it('queues with the messages of the room, and is stored until it is answered', async () => {
    const storage = memoryStorage()
    const tab = await liveTab(storage)
    const said = tab.outbox.put('7', { text: 'hi' })
    const edited = tab.outbox.change('7', edit)
    const reacted = tab.outbox.change('7', react)
    const deleted = tab.outbox.change('8', { type: 'delete', seq: 2 })
    await settle()
    const gone = { type: 'delete', room: '8', seq: 2, cid: deleted }
    expect(tab.sent, 'one at a time in a room').toEqual([
      { type: 'send', room: '7', cid: said, text: 'hi' },
      gone,
    ])
    for (const cid of [said, edited, reacted]) {
      tab.outbox.logged(cid)
      await settle()
    }
    expect(tab.sent.slice(2)).toEqual([
      { room: '7', cid: edited, ...edit },
      { room: '7', cid: reacted, ...react },
    ])
    expect((await storage.all('1')).map(({ cid }) => cid)).toEqual([deleted])
  })

  it('is sent again with the same cid if its answer was lost', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.change('7', react)
    await settle()
    tab.outbox.live(false)
    tab.outbox.live(true)
    await settle()
    expect(tab.sent.map((one) => 'cid' in one && one.cid)).toEqual([cid, cid])
  })

  it('survives a reload', async () => {
    const storage = memoryStorage()
    openTab(storage).outbox.change('7', edit)
    await settle()
    const after = await liveTab(storage)
    await after.outbox.refresh()
    await settle()
    expect(after.sent).toMatchObject([edit])
  })

  it('that is an edit and was refused keeps its text', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.change('7', edit)
    await settle()
    refuse(tab, cid, 'message_deleted')
    await settle()
    expect(tab.items).toMatchObject([{ change: edit, state: 'failed', refusal: { code: 'message_deleted' } }])
    expect(tab.dropped).toEqual([])
  })

  it('that is a reaction or a deletion and was refused is reported and dropped, and the next one is sent', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.change('7', react)
    tab.outbox.put('7', { text: 'after' })
    await settle()
    refuse(tab, cid, 'too_many_reactions')
    await settle()
    expect(tab.dropped).toEqual([[react, 'too_many_reactions']])
    expect(tab.items.map(textOf)).toEqual(['after'])
    expect(texts(tab)).toEqual([undefined, 'after'])
  })

  it('waits if the server cannot accept it now', async () => {
    const tab = await liveTab()
    const cid = tab.outbox.change('7', react)
    await settle()
    refuse(tab, cid, 'log_unavailable')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(tab.dropped).toEqual([])
    expect(tab.sent.length).toBeGreaterThan(1)
  })
})
