// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { Message } from '../../../server/protocol/http.ts'
import MessageText from '../../../web/message/MessageText.vue'
import { heardNamed, mergedNamed, namedCount, namedIn, readNamed } from '../../../web/rooms/named.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

const me = '1'
const said = (seq: number, ids?: string[], by = '2') =>
  ({
    ...{ kind: 'message', seq, user: { id: by, name: 'Bob' } },
    ...(ids === undefined ? {} : { mentions: [{ name: 'Ann', ids }] }),
  }) as Message

it('what names this person is counted once, above what the server has counted', () => {
  let count = namedIn({ head: 10, read: 5, mentions: 2 })
  count = heardNamed(count, [said(9, [me]), said(11, [me]), said(11, [me]), said(12, ['3']), said(13)], me)
  count = heardNamed(count, [said(14, [me], me)], me)
  expect(namedCount(count)).toBe(3)
})

it('an edit adds a name or takes it away', () => {
  let count = heardNamed(namedIn({ head: 10, read: 10 }), [said(11, [me]), said(12)], me)
  count = heardNamed(count, [said(11), said(12, [me])], me)
  expect([...count.fresh]).toEqual([12])
})

it('reading takes them away; below its count the server says what is left', () => {
  const count = heardNamed(namedIn({ head: 10, read: 5, mentions: 2 }), [said(11, [me]), said(12, [me])], me)
  expect(namedCount(readNamed(count, 11))).toBe(1)
  expect(namedCount(readNamed(count, 12))).toBe(0)
  expect(namedCount(readNamed(count, 7, 3))).toBe(3)
  expect(namedCount(readNamed(count, 4, 9))).toBe(4)
  expect(namedCount(mergedNamed(count, { head: 12, read: 5, mentions: 4 }))).toBe(4)
  expect(namedCount(mergedNamed(count, { head: 10, read: 5, mentions: 2 }))).toBe(4)
  expect(namedCount(mergedNamed(readNamed(count, 12), { head: 12, read: 5, mentions: 4 }))).toBe(0)
})

it('a mention is seen as one, one of oneself most of all; another @ is not, nor one in code', () => {
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
