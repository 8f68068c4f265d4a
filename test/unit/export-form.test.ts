// What a file, and a line in the terminal, say became of a message.
import { expect, test } from 'vitest'
import { marks } from '../../server/export/form.ts'
import { line } from '../../server/history/print.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'

const said: SpokenMessage = {
  ...{ kind: 'message', seq: 1, updatedSeq: 1, cid: 'c', user: { id: '1', name: 'Ann' }, at: 1, text: 'hi' },
  ...{ replyTo: null, editedAt: null, deletedAt: null, reactions: [] },
}
const pin = { pinnedAt: 3, pinnedBy: { id: '1', name: 'Ann' } }

test.each<[string, Partial<SpokenMessage>]>([
  ['', {}],
  ['edited', { editedAt: 2 }],
  ['pinned', pin],
  ['edited · pinned', { editedAt: 2, ...pin }],
  ['deleted', { deletedAt: 4 }],
])('%j', (words, more) => {
  expect(marks({ ...said, ...more })).toBe(words)
})

test.each<[string, Partial<SpokenMessage>]>([
  ['Ann: hi', {}],
  ['Ann [edited · pinned]: hi', { editedAt: 2, ...pin }],
  ['Ann (in the thread of #9) [edited]: one\n    two', { thread: 9, editedAt: 2, text: 'one\ntwo' }],
  ['Ann [deleted]:', { text: '', deletedAt: 4 }],
])('brook history prints %j', (words, more) => {
  expect(line({ ...said, ...more })).toBe(`#1  1970-01-01 00:00:00  ${words}`)
})
