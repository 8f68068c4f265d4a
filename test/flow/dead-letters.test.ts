// What MySQL refused is not gone: it is listed, looked at, tried again and dropped.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revive } from '../../server/history/sync/revive.ts'
import { DeadLetters } from '../../server/log/dead-letters.ts'
import { encodeDraft } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

test('a dead letter whose cause is mended is in MySQL after a retry, once', async () => {
  const ann = await brook.enter('Ann')
  const body = { type: 'message' as const, text: 'x'.repeat(70_000) }
  const fields = encodeDraft({ room: ann.room, user: ann.user, cid: newCid(), body })
  await brook.redis.xadd(keysOf(0).log, '*', 'seq', '77', ...fields)
  await brook.archive()
  const letters = new DeadLetters(brook.redis, 1)
  const [letter] = await letters.list(10)
  if (letter === undefined) throw new Error('no dead letter')
  expect(letter.reason).toContain('too long')
  expect(await letters.find(letter.id)).toEqual(letter)
  expect(await letters.find('1-1')).toBeUndefined()
  expect(await letters.find('nonsense')).toBeUndefined()

  expect(await revive(brook.db, letter)).toContain('too long')
  await brook.db.run('ALTER TABLE messages MODIFY text MEDIUMTEXT NULL')
  expect(await revive(brook.db, letter)).toBeUndefined()
  expect(await revive(brook.db, letter)).toBeUndefined()
  const rows = await brook.db.rows('SELECT seq FROM messages WHERE room_id = ? AND seq = 77', [ann.room])
  expect(rows).toHaveLength(1)
  await letters.drop(letter)
  expect(await letters.list(10)).toEqual([])
})
