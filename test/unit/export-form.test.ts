// What a file, and a line in the terminal, show of the changes of a message.
import { expect, test } from 'vitest'
import { formOf } from '../../server/export/forms.ts'
import { marks } from '../../server/export/form.ts'
import { line } from '../../server/history/print.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'

const said: SpokenMessage = {
  kind: 'message',
  seq: 1,
  updatedSeq: 1,
  cid: 'c',
  user: { id: '1', name: 'Ann' },
  at: 1,
  text: 'hi',
  replyTo: null,
  editedAt: null,
  deletedAt: null,
  reactions: [],
}
const pin = { pinnedAt: 3, pinnedBy: { id: '1', name: 'Ann' } }

test.each<[string, Partial<SpokenMessage>]>([
  ['', {}],
  ['edited', { editedAt: 2 }],
  ['pinned', pin],
  ['edited · pinned', { editedAt: 2, ...pin }],
  ['deleted', { deletedAt: 4 }],
  ['anonymous', { poll: { options: ['a', 'b'], anonymous: true } }],
  ['several answers · closed', { poll: { options: ['a', 'b'], multiple: true }, closedAt: 5 }],
  ['closed', { poll: { options: ['a', 'b'], endsAt: 5 } }],
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

test('a poll in Markdown has each answer on its own line, and its marks', () => {
  const poll = {
    kind: 'poll' as const,
    text: 'Lunch #1?\nNoodles\n*Rice*',
    poll: { options: ['Noodles', '*Rice*'] },
    votes: [{ voter: '2', name: 'Bob_', choices: [1] }],
    closedAt: 9,
  }
  expect(formOf('md', 'UTC').message({ ...said, ...poll })).toBe(
    '## 1970-01-01\n\n**Ann** 00:00 · \\#1 · closed\n\n> Lunch \\#1?\n> \n> - ○ Noodles\n> - ○ \\*Rice\\* · 1 (Bob\\_)\n\n'.replace(
      '· \\#1 ·',
      '· #1 ·',
    ),
  )
})
