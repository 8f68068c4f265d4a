// Earlier versions of a message: who may read them, from memory and from the archive, and when they are gone.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { RevisionsAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
})
beforeEach(() => brook.meet(ann, bob))
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
async function edits(who: Person, seq: number, text: string): Promise<number> {
  const cid = newCid()
  who.tells({ type: 'edit', room: who.room, seq, cid, text })
  return (await who.acked(cid)).seq
}
type Answer = RevisionsAnswer & { error?: { code: string } }
const ask = (who: Person, seq: number, room = ann.room) =>
  who.ask<Answer>('GET', `/api/rooms/${room}/messages/${seq}/revisions`)
const texts = async (who: Person, seq: number) => {
  const { body } = await ask(who, seq)
  return body.error?.code ?? body.revisions.map(({ text }) => text)
}
const lets = (who: Person, revisions: string) =>
  who.ask<{ room?: RoomSummary; error?: { code: string } }>('PATCH', `/api/rooms/${ann.room}`, { revisions })

test('all versions come oldest first with who and when, wherever the edge between memory and archive is', async () => {
  const seq = await says(ann, 'one')
  const second = await edits(ann, seq, 'two')
  const both = (await ask(bob, seq)).body
  expect(both).toMatchObject({
    more: false,
    revisions: [
      { seq, text: 'one', user: { id: ann.user.id, name: 'Ann' } },
      { seq: second, text: 'two', user: { id: ann.user.id, name: 'Ann' } },
    ],
  })
  expect(both.revisions[1]?.at).toBeGreaterThanOrEqual(both.revisions[0]?.at ?? Infinity)
  await brook.archive()
  expect((await ask(bob, seq)).body).toEqual(both)
  // A server that starts here has none of it in memory; what comes now is only in memory.
  await brook.serve()
  const carl = await brook.enter('Carl', brook.servers.length - 1)
  expect((await ask(carl, seq)).body).toEqual(both)
  await edits(ann, seq, 'three')
  await carl.joins(ann.room)
  await carl.event('room')
  await says(ann, 'up to here')
  await carl.hears('up to here')
  expect(await texts(carl, seq)).toEqual(['one', 'two', 'three'])
  expect(await texts(ann, seq)).toEqual(['one', 'two', 'three'])
})

test('a message that was never edited has one version; a notice and a missing message have none', async () => {
  const seq = await says(ann, 'as it is')
  expect(await texts(bob, seq)).toEqual(['as it is'])
  expect(await texts(bob, 1)).toBe('no_such_message')
  expect(await texts(bob, 99_999)).toBe('no_such_message')
  const secret = await ann.makes('walls', 'private')
  const { seq: inside } = await ann.acked(ann.says('inside', { room: secret.id }))
  const stranger = await ask(bob, inside, secret.id)
  expect([stranger.status, stranger.body.error?.code]).toEqual([404, 'not_found'])
})

test('owners decide who may read them, in a notice; for others they do not exist, even in the room at an earlier time', async () => {
  const seq = await says(ann, 'frist')
  const { upTo } = await ann.page()
  await edits(ann, seq, 'first')
  const then = async (who: Person) => {
    const { messages } = await who.page(`asOf=${upTo}`, ann.room)
    const message = messages.find((one) => one.seq === seq)
    return message?.kind === 'message' ? [message.text, message.editedAt !== null] : undefined
  }
  expect((await lets(bob, 'nobody')).body.error?.code).toBe('not_allowed')
  expect((await lets(ann, 'everybody')).status).toBe(400)
  expect(await texts(bob, seq)).toEqual(['frist', 'first'])
  expect(await then(bob)).toEqual(['frist', false])

  expect((await lets(ann, 'moderators')).body.room).toMatchObject({ revisions: 'moderators' })
  expect((await bob.notices('revisions', bob.room)).notice).toEqual({
    kind: 'revisions',
    revisions: 'moderators',
  })
  const missing = await ask(bob, 99_999)
  expect([await ask(bob, seq), await ask(bob, 99_998)]).toEqual([missing, missing])
  expect(await then(bob)).toEqual(['first', true])
  expect(await texts(ann, seq)).toEqual(['frist', 'first'])
  expect(await then(ann)).toEqual(['frist', false])
  await ann.ask('PUT', `/api/rooms/${ann.room}/members/${bob.user.id}`, { role: 'moderator' })
  expect(await texts(bob, seq)).toEqual(['frist', 'first'])

  await lets(ann, 'nobody')
  for (const who of [ann, bob]) {
    expect(await texts(who, seq)).toBe('no_such_message')
    expect(await then(who)).toEqual(['first', true])
  }
  const heads = async () => (await ann.page()).upTo
  const before = await heads()
  await lets(ann, 'nobody')
  expect(await heads(), 'what is so already is no change').toBe(before)
  await lets(ann, 'everyone')
  expect(await texts(bob, seq)).toEqual(['frist', 'first'])
})

test('who comes later is told an edited message as it stands, and never its earlier texts', async () => {
  await lets(ann, 'nobody')
  const seq = await says(ann, 'secret one')
  await edits(ann, seq, 'secret two')
  await edits(ann, seq, 'said')
  const eve = await brook.arrive('Eve')
  await eve.joins(ann.room)
  await eve.connects({ [ann.room]: 0 })
  await says(ann, 'to all')
  await eve.hears('to all')
  expect(eve.heard.filter((event) => event.type === 'edited' && event.target === seq)).toHaveLength(2)
  expect(eve.messages().find((event) => event.seq === seq)?.text).toBe('said')
  expect(JSON.stringify(eve.heard)).not.toContain('secret')
  expect(eve.numbersOf(ann.room)).toEqual(Array.from({ length: seq + 4 }, (_, i) => i + 1))
  await lets(ann, 'everyone')
})

test('a deleted message has no versions, before and after it is archived', async () => {
  const seq = await says(ann, 'gone one')
  await edits(ann, seq, 'gone two')
  expect(await texts(bob, seq)).toHaveLength(2)
  const cid = newCid()
  ann.tells({ type: 'delete', room: ann.room, seq, cid })
  await ann.acked(cid)
  await bob.change('deleted', seq)
  expect(await texts(bob, seq)).toBe('message_deleted')
  await brook.archive()
  expect(await texts(bob, seq)).toBe('message_deleted')
})

test('of very many versions the newest are returned, and that there are more', async () => {
  const seq = await says(ann, 'v0')
  const max = limits.revisions
  for (let n = 1; n <= max; n += 1) await edits(ann, seq, `v${n}`)
  const { body } = await ask(bob, seq)
  expect([body.more, body.revisions.length]).toEqual([true, max])
  expect([body.revisions[0]?.text, body.revisions.at(-1)?.text]).toEqual(['v1', `v${max}`])
  await brook.archive()
  expect((await ask(bob, seq)).body).toEqual(body)
})
