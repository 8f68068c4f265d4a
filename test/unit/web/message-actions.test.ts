// @vitest-environment happy-dom
// What is offered on a message: the bar, the menu and the keys come from one table.
import { expect, test, vi } from 'vitest'
import type { MessageLine } from '../../../web/conversation/lines/line.ts'
import { barOf, menuOf, messageActions, ofKey } from '../../../web/conversation/message/actions/table.ts'
import { fakeConversation, fakeTimeline } from '../../gallery/fake-conversation.ts'
import { line as lineOf } from '../../gallery/messages.ts'
import { ann, garden, mara } from '../../gallery/people.ts'

const open = vi.fn<(root: number, reply?: number) => void>()
const conversation = fakeConversation(fakeTimeline({ room: { ...garden, role: 'owner' } }), {
  threads: { open, isFresh: () => false },
  markUnread: () => undefined,
})
const line = (more: Partial<MessageLine> = {}) => lineOf(7, mara, 'Good morning', 0, more)
const own = lineOf(8, ann, 'Good morning', 0)
const idsOf = (actions: { id: string }[]) => actions.map(({ id }) => id)

test('the bar has at most five, and all of them are in the menu, which its last one opens', () => {
  const bar = idsOf(barOf(own, conversation))
  expect(bar).toEqual(['react', 'reply', 'thread', 'save', 'more'])
  expect(idsOf(menuOf(own, conversation).flat())).toEqual(expect.arrayContaining(bar.slice(0, -1)))
})

test('no two actions have the same name or the same key', () => {
  const keys = messageActions.flatMap(({ key }) => key ?? [])
  expect(new Set(idsOf([...messageActions])).size).toBe(messageActions.length)
  expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length)
})

test('a key does what the menu offers, and nothing that it does not offer', () => {
  const lines = [own, line(), line({ seq: undefined, standing: 'failed' }), line({ deletedAt: 1 })]
  for (const one of lines) {
    const offered = menuOf(one, conversation).flat()
    for (const { id, key } of messageActions)
      if (key !== undefined)
        expect([id, ofKey(key.toLowerCase(), one, conversation)?.id]).toEqual([
          id,
          offered.find((item) => item.id === id)?.id,
        ])
  }
  expect(ofKey('e', own, conversation)?.id).toBe('edit')
  expect(ofKey('e', line(), conversation)).toBeUndefined()
})

test('what is done already is offered to be taken back', () => {
  const labels = (one: MessageLine) =>
    menuOf(one, conversation)
      .flat()
      .map(({ label }) => label)
  expect(labels(line())).toEqual(expect.arrayContaining(['pins.pin', 'saved.save']))
  const done = line({ seq: 10, pinnedAt: 1, pinnedBy: mara })
  expect(labels(done)).toEqual(expect.arrayContaining(['pins.unpin', 'saved.forget']))
})

test('a reply that is also in the room leads to its thread by key, by bar and by menu', () => {
  const reply = line({ seq: 9, thread: 7, alsoInRoom: true })
  expect(idsOf(barOf(reply, conversation))).toContain('thread')
  void ofKey('t', reply, conversation)?.act(reply, conversation)
  expect(open).toHaveBeenCalledWith(7, 9)
})
