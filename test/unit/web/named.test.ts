// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { EffectEvent } from '../../../server/protocol/events.ts'
import type { Message } from '../../../server/protocol/http.ts'
import MessageText from '../../../web/conversation/message/MessageText.vue'
import {
  changedNamed,
  heardNamed,
  mergedNamed,
  namedCount,
  namedIn,
  readNamed,
  readThread,
} from '../../../web/rooms/named.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

const me = '1'
const said = (seq: number, ids?: string[], by = '2') =>
  ({
    kind: 'message',
    seq,
    user: { id: by, name: 'Bob' },
    ...(ids === undefined ? {} : { mentions: [{ name: 'Ann', ids }] }),
  }) as Message

it('a mention is counted once, above what the server has counted', () => {
  let count = namedIn({ head: 10, read: 5, mentions: 2 })
  count = heardNamed(count, [said(9, [me]), said(11, [me]), said(11, [me]), said(12, ['3']), said(13)], me)
  count = heardNamed(count, [said(14, [me], me)], me)
  expect(namedCount(count)).toBe(3)
})

it('an edit adds a mention or removes it', () => {
  let count = heardNamed(namedIn({ head: 10, read: 10 }), [said(11, [me]), said(12)], me)
  count = heardNamed(count, [said(11), said(12, [me])], me)
  expect([...count.room.fresh]).toEqual([12])
})

it('reading removes them; below its count the server reports what is left', () => {
  const count = heardNamed(namedIn({ head: 10, read: 5, mentions: 2 }), [said(11, [me]), said(12, [me])], me)
  expect(namedCount(readNamed(count, 11))).toBe(1)
  expect(namedCount(readNamed(count, 12))).toBe(0)
  expect(namedCount(readNamed(count, 7, { mentions: 3, head: 12 }))).toBe(3)
  expect(namedCount(readNamed(count, 4, { mentions: 9, head: 12 }))).toBe(4)
  expect(namedCount(mergedNamed(count, { head: 12, read: 5, mentions: 4 }))).toBe(4)
  expect(namedCount(mergedNamed(count, { head: 10, read: 5, mentions: 2 }))).toBe(4)
  expect(namedCount(mergedNamed(readNamed(count, 12), { head: 12, read: 5, mentions: 4 }))).toBe(0)
})

const change = (target: number, more: object = { type: 'deleted' }) =>
  ({ seq: 50, target, user: { id: '2', name: 'Bob' }, ...more }) as EffectEvent

it('a deleted mention, or one that is edited out, is not counted; what the server counted it counts again', () => {
  const count = heardNamed(namedIn({ head: 10, read: 5, mentions: 1 }), [said(11, [me]), said(12, [me])], me)
  const left = changedNamed(changedNamed(count, change(11), me) ?? count, change(12, { type: 'edited' }), me)
  expect(left && namedCount(left)).toBe(1)
  expect(changedNamed(count, change(7), me)).toBeUndefined()
  expect(changedNamed(count, change(5), me)).toBe(count)
  const renamed = { type: 'edited', mentions: [{ name: 'Ann', ids: [me] }] }
  expect(changedNamed(namedIn({ head: 10, read: 10 }), change(9, renamed), me)).toBeUndefined()
})

it('a mention in a thread stays until the thread is read, however far the room is', () => {
  const reply = { ...said(11, [me]), thread: 3 } as Message
  let count = heardNamed(namedIn({ head: 10, read: 5, mentions: 3, threadMentions: 1 }), [reply], me)
  count = readNamed(count, 11)
  expect(namedCount(count)).toBe(2)
  count = readThread(count, 3, 11)
  expect(namedCount(count)).toBe(1)
  expect(namedCount(heardNamed(count, [reply], me))).toBe(1)
  expect(namedCount(readNamed(count, 11, { mentions: 0, threadMentions: 0, head: 11 }))).toBe(0)
})

it("a mention is drawn as one, the reader's own most visibly; another @ is not, nor one in code", () => {
  const named = [
    { name: 'Ann Lee', mine: true },
    { name: '老王', mine: false },
  ]
  const text = mount(MessageText, {
    props: { text: '**@Ann Lee**和@老王。not @Bob, `@Ann Lee`', named },
  })
  expect(text.findAll('bdi').map((one) => one.text())).toEqual(['@Ann Lee', '@老王'])
  expect(text.findAll('[data-mine]').map((one) => one.text())).toEqual(['@Ann Lee'])
  expect(text.text()).toBe('@Ann Lee和@老王。not @Bob, @Ann Lee')
})
