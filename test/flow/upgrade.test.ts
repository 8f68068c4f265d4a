// An upgraded server finds a log with entries in the form before they were packed, and continues after them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DraftBody } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import { flatFields } from '../support/flat-entry.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())

/** Appends what an older version would have. Returns its number. */
async function writeAsBefore(room: string, body: DraftBody): Promise<number> {
  const keys = keysOf(0)
  const seq = await brook.redis.hincrby(keys.numbers, room, 1)
  const user = { id: ann.user.id, name: ann.user.name }
  const fields = flatFields({ room, user, cid: newCid(), body })
  const id = await brook.redis.xadd(keys.log, '*', 'seq', String(seq), ...fields)
  await brook.redis.hset(keys.times, room, (id ?? '').split('-')[0] ?? '')
  return seq
}

test('live, from memory, from MySQL and after a reconnect, both forms are one history', async () => {
  const { id: room } = await ann.makes('upgraded')
  const first = await writeAsBefore(room, { type: 'message', text: 'old words' })
  const old = await writeAsBefore(room, { type: 'message', text: 'old reply', replyTo: first, thread: first })
  // Only what the server has read can be answered.
  await ann.hears('old reply')
  const { seq: packed } = await ann.acked(ann.says('new words', { room, replyTo: old }))
  // Each form changes messages of the other.
  await writeAsBefore(room, { type: 'reacted', target: packed, emoji: '👍', on: true })
  await writeAsBefore(room, { type: 'edited', target: first, text: 'old words, edited' })
  await writeAsBefore(room, { type: 'notice', notice: { kind: 'topic', topic: 'old topic' } })
  const cid = newCid()
  ann.tells({ type: 'react', room, cid, seq: first, emoji: '🎉', on: true })
  await ann.acked(cid)
  const { seq: last } = await ann.acked(ann.says('the end', { room }))
  await ann.hears('the end')
  const all = Array.from({ length: last }, (_, at) => at + 1)
  expect(ann.numbersOf(room)).toEqual(all)

  const fromMemory = await ann.page('limit=50', room)
  const shown = fromMemory.messages.map((one) => ('text' in one ? one.text : one.notice.kind))
  expect(shown).toEqual(['created', 'old words, edited', 'old reply', 'new words', 'topic', 'the end'])

  // A server that starts now reads both forms from the stream.
  const upgraded = await brook.serve()
  const again = ann.again()
  again.address = upgraded
  await again.connects({ [room]: 0 })
  await again.hears('the end')
  expect(again.numbersOf(room)).toEqual(all)
  expect((await again.page('limit=50', room)).messages).toEqual(fromMemory.messages)
  again.drops()

  await brook.archive()
  expect(await brook.redis.xlen(keysOf(0).dead)).toBe(0)
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  // ... and one that starts after archiving has nothing in memory.
  const archived = ann.again()
  archived.address = await brook.serve()
  expect((await archived.page('limit=50', room)).messages).toEqual(fromMemory.messages)
  expect((await archived.changes(0, room)).messages).toEqual((await ann.changes(0, room)).messages)
})
