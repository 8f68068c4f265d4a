// A cid stands for one thing for ever: asked again for the same it has the same answer, and for something else it is refused,
// by every way, while Redis remembers it and when MySQL alone does.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
let garden = ''
let orchard = ''
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  garden = (await ann.makes('garden')).id
  orchard = (await ann.makes('orchard')).id
})
afterAll(() => brook.stop())

interface Answer {
  seq?: number
  error?: { code: string; message: string }
}
const posts = async (room: string, body: object) =>
  (await ann.ask<Answer>('POST', `/api/rooms/${room}/messages`, body)).body
const deletes = async (room: string, seq: number, cid: string) =>
  (await ann.ask<Answer>('DELETE', `/api/rooms/${room}/messages/${seq}`, { cid })).body
const edits = async (room: string, seq: number, body: object) =>
  (await ann.ask<Answer>('PATCH', `/api/rooms/${room}/messages/${seq}`, body)).body
const reacts = async (room: string, seq: number, cid: string) =>
  (await ann.ask<Answer>('PUT', `/api/rooms/${room}/messages/${seq}/reactions/%F0%9F%91%8D`, { cid })).body
const texts = async (room: string) =>
  (await ann.page('limit=200', room)).messages.flatMap((one) => ('text' in one ? [one.text] : []))
const code = ({ error }: Answer) => error?.code

/** A cid of a time that Redis does not remember any more. */
const oldCid = (): string => newCid(Date.now() - 2 * limits.cidWindowMs)

test.each([
  ['while Redis remembers it', newCid, async () => undefined],
  ['when MySQL alone does', oldCid, () => brook.archive()],
])(
  'a message sent again is the same, and anything else under its cid is refused: %s',
  async (_when, cidOf, then) => {
    const cid = cidOf()
    const sent = await posts(garden, { cid, text: 'mine' })
    await ann.hears('mine')
    await then()
    expect(await posts(garden, { cid, text: 'mine' })).toEqual(sent)
    const seq = sent.seq ?? 0
    expect(code(await posts(orchard, { cid, text: 'mine' })), 'in another room').toBe('cid_used')
    expect(code(await deletes(garden, seq, cid)), 'to delete it').toBe('cid_used')
    expect(code(await edits(garden, seq, { cid, text: 'other' })), 'to edit it').toBe('cid_used')
    expect(code(await reacts(garden, seq, cid)), 'to react to it').toBe('cid_used')
    const socket = await ann.refused(ann.says('mine', { room: orchard, cid }))
    expect(socket).toMatchObject({ code: 'cid_used', room: orchard })
    expect(socket.message).toContain(`number ${seq}`)
    expect(await texts(orchard)).toEqual([])
    expect((await texts(garden)).at(-1)).toBe('mine')
  },
)

test('other words under the cid of a message are refused, and a reply is not its message', async () => {
  const cid = newCid()
  const { seq } = await posts(garden, { cid, text: 'first words' })
  await ann.hears('first words')
  expect(code(await posts(garden, { cid, text: 'other words' }))).toBe('cid_used')
  expect(code(await posts(garden, { cid, text: 'first words', replyTo: seq }))).toBe('cid_used')
  expect((await texts(garden)).filter((text) => text.includes('words'))).toEqual(['first words'])
})

test('a change that is asked again is the same, also when it finds itself done', async () => {
  const { seq = 0 } = await posts(garden, { cid: newCid(), text: 'to be changed' })
  await ann.hears('to be changed')
  const [edit, gone] = [newCid(), newCid()]
  const edited = await edits(garden, seq, { cid: edit, text: 'changed' })
  expect(await edits(garden, seq, { cid: edit, text: 'changed' })).toEqual(edited)
  expect(code(await edits(garden, seq, { cid: edit, text: 'again' }))).toBe('cid_used')
  const deleted = await deletes(garden, seq, gone)
  await brook.archive()
  expect(await deletes(garden, seq, gone)).toEqual(deleted)
  const other = await posts(garden, { cid: newCid(), text: 'another' })
  expect(code(await deletes(garden, other.seq ?? 0, gone)), 'of another message').toBe('cid_used')
})
