// A list of files while messages arrive.
import { expect, it } from 'vitest'
import type { ListedFile } from '../../../server/protocol/files.ts'
import { arrivedFiles, withArrived } from '../../../web/files/pages/live-files.ts'
import type { EntriesEvent } from '../../../web/wire/feed-events.ts'

const ref = (id: string) => ({ id, name: `${id}.png`, type: 'image/png', size: 1, kind: 'image' as const })
const said = (seq: number, ids: string[], more = {}) => ({
  kind: 'message',
  seq,
  at: seq * 10,
  user: { id: '5', name: 'Ann', admin: false },
  deletedAt: null,
  files: ids.map(ref),
  ...more,
})
const event = (messages: unknown[], changes: unknown[] = []) =>
  ({ type: 'entries', room: '7', messages, changes, head: 9 }) as unknown as EntriesEvent
const ids = (files: readonly ListedFile[]) => files.map(({ id }) => id)

it('files of messages and of replies in threads are listed with their place; of what is deleted there are none', () => {
  const arrived = arrivedFiles(
    event(
      [said(1, ['a', 'b']), said(2, ['c'], { deletedAt: 9 }), { kind: 'notice', seq: 3 }, said(4, [])],
      [
        { type: 'deleted', target: 1 },
        { ...said(5, ['d']), type: 'message', thread: 1 },
      ],
    ),
  )
  expect(arrived.map(({ id, room, seq, thread, at, user }) => [id, room, seq, thread, at, user])).toEqual([
    ['a', '7', 1, undefined, 10, { id: '5', name: 'Ann' }],
    ['b', '7', 1, undefined, 10, { id: '5', name: 'Ann' }],
    ['d', '7', 5, 1, 50, { id: '5', name: 'Ann' }],
  ])
})

it('the newest are first, each is there once, and older ones come with their page', () => {
  const listed = arrivedFiles(event([said(8, ['h']), said(6, ['f'])]))
  const arrived = arrivedFiles(event([said(9, ['i']), said(8, ['h']), said(7, ['g']), said(2, ['b'])]))
  expect(ids(withArrived(listed, arrived, true))).toEqual(['i', 'h', 'g', 'f'])
  expect(ids(withArrived(listed, arrived, false))).toEqual(['i', 'h', 'g', 'f', 'b'])
  expect(withArrived(listed, listed, false)).toBe(listed)
  expect(ids(withArrived([], arrived, false))).toEqual(['i', 'h', 'g', 'b'])
})
