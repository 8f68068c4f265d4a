// @vitest-environment happy-dom
// The pane's own rules: what a tab is called, how a room is named, and marking threads as read.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { titleOf } from '../../../web/rooms/titles.ts'
import { useReadAll } from '../../../web/thread/followed/read-all.ts'
import { roomName } from '../../../web/ui/room-kinds.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

it.each([
  ['threads', undefined, 'Threads'],
  ['directory', undefined, 'All rooms'],
  ['room', { name: 'garden' }, 'garden'],
  ['home', undefined, undefined],
])('the tab on %s with %j is called %s', (page, room, title) => expect(titleOf(page, room)).toBe(title))

it('only a public room has a #', () => {
  expect([
    roomName({ name: 'a', kind: 'public' }),
    roomName({ name: 'a', kind: 'private' }),
    roomName(undefined),
  ]).toEqual(['#a', 'a', ''])
})

describe('threads that are all marked as read', () => {
  const open = () => {
    const fresh = ref([
      { room: '7', thread: 1, last: 9 },
      { room: '8', thread: 2, last: 4 },
    ])
    const [readTo, readInRoom, recount] = [vi.fn(), vi.fn(), vi.fn()]
    return { marks: fresh, readTo, recount, ...useReadAll({ fresh, readTo, readInRoom, recount }) }
  }

  it('are read at once and told when that is settled', () => {
    const { fresh, readAll, readTo } = open()
    const done = readAll()
    expect([done.count, fresh.value, readTo.mock.calls]).toEqual([2, [], []])
    done.settle()
    expect(readTo.mock.calls).toEqual([
      ['7', 1, 9],
      ['8', 2, 4],
    ])
  })

  it('are unread again when it is undone, and were never told', () => {
    const { fresh, readAll, readTo, recount } = open()
    readAll().undo()
    expect([fresh.value.length, readTo.mock.calls, recount.mock.calls.length]).toEqual([2, [], 1])
  })

  it('become unread by what comes later', () => {
    const { marks, fresh, readAll } = open()
    readAll()
    marks.value = marks.value.map((mark) => ({ ...mark, last: mark.last + 1 })).slice(0, 1)
    expect(fresh.value).toEqual([{ room: '7', thread: 1, last: 10 }])
  })
})
