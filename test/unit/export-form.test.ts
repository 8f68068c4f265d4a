// What a file says became of a message.
import { expect, test } from 'vitest'
import { marks } from '../../server/export/form.ts'
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
