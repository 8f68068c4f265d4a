// What a message says where it is not shown as itself.
import { expect, test } from 'vitest'
import { inBrief, inFull } from '../../../web/text/brief.ts'
import { said } from '../../gallery/messages.ts'
import { ann, mara } from '../../gallery/people.ts'

const text = 'Tea or coffee?\nTea\nCoffee'
const poll = {
  ...said(1, ann, text, 0),
  kind: 'poll' as const,
  poll: { options: ['Tea', 'Coffee'] },
  votes: [{ voter: mara.id, name: mara.name, choices: [1] }],
}

test('a poll is its question in brief, and its answers with their votes in full', () => {
  expect(inBrief(poll)).toBe('📊 Tea or coffee?')
  expect(inFull(poll)).toBe(`📊 Tea or coffee?\n○ Tea\n○ Coffee · 1 (${mara.name})`)
})

test('another message is its text without marks in both', () => {
  const message = said(2, ann, '**Tea**, please', 0)
  expect([inBrief(message), inFull(message)]).toEqual(['Tea, please', 'Tea, please'])
})
