// What sync brings into MySQL between two reads is in one of them, because memory is looked at first.
import { expect, test } from 'vitest'
import type { Db } from '../../server/db.ts'
import { History } from '../../server/history/history.ts'
import { Tail } from '../../server/log/tail.ts'
import { FollowedThreads } from '../../server/thread/threads.ts'
import { ann, bob, message } from '../support/entries.ts'

/** Bob has named Ann in a thread that she began. MySQL has nothing when it is asked, and everything right after. */
function archivedMeanwhile(...own: number[]) {
  const tail = new Tail({ ms: 0, n: 0 }, new Map([['7', { seq: 0, at: null }]]))
  const mentions = [{ name: 'Ann', ids: [ann.id] }]
  tail.take([
    message(1),
    message(2, { user: bob, thread: 1, mentions }),
    ...own.map((seq) => message(seq, { thread: 1 })),
  ])
  const rows = async (): Promise<unknown[]> => {
    tail.archive({ ms: 1_000_000, n: 0 })
    return []
  }
  const db = { rows } as unknown as Db
  const history = new History(db, { tail: () => tail })
  const memberships = { roomsOf: async () => [{ id: '7' }] as never[] }
  const bus = { publish: () => undefined }
  const onError = (): void => undefined
  return { history, threads: new FollowedThreads({ db, history, memberships, bus, onError }) }
}

test('the threads that somebody follows', async () => {
  const { threads } = archivedMeanwhile()
  expect(await threads.marks(ann.id)).toMatchObject({
    threads: [{ room: '7', thread: 1, last: 2, unread: 1 }],
  })
})

test('a page of them', async () => {
  const { threads } = archivedMeanwhile()
  const page = await threads.page(ann.id, { before: undefined, limit: 10 })
  expect(page).toMatchObject({ threads: [{ root: { seq: 1 }, unread: 1 }], next: null })
})

test('what names them', async () => {
  const { history } = archivedMeanwhile()
  const rooms = [{ id: '7', read: 0 }]
  const named = await history.named({ userId: ann.id, rooms, before: undefined, limit: 10 })
  expect(named).toMatchObject({ mentions: [{ room: '7', message: { seq: 2 }, unread: true }] })
})

test('how far they have read a thread by their own reply', async () => {
  expect(await archivedMeanwhile().history.threadMentions(ann.id, ['7'])).toEqual(new Map([['7', 1]]))
  expect(await archivedMeanwhile(3).history.threadMentions(ann.id, ['7'])).toEqual(new Map())
})
