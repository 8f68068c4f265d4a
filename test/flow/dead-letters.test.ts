// Entries that MySQL refused are not lost: they are listed, inspected, retried and dropped.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revive } from '../../server/history/sync/revive.ts'
import { DeadLetters } from '../../server/log/dead-letters.ts'
import type { Draft } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { packDraft } from '../../server/log/packed.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import { flatFields } from '../support/flat-entry.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

test('dead letters whose cause is fixed are in MySQL after a retry, once, in the current form and the previous one', async () => {
  const ann = await brook.enter('Ann')
  const body = { type: 'message' as const, text: 'x'.repeat(70_000) }
  const draft = (): Draft => ({ room: ann.room, user: ann.user, cid: newCid(), body })
  await brook.redis.xadd(keysOf(0).log, '*', 'seq', '77', 'e', packDraft(draft()))
  await brook.redis.xadd(keysOf(0).log, '*', 'seq', '78', ...flatFields(draft()))
  await brook.archive()
  const letters = new DeadLetters(brook.connections, 1)
  const all = await letters.list(10)
  expect(all).toHaveLength(2)
  for (const letter of all) {
    expect(letter.reason).toContain('too long')
    expect(await letters.find(letter.id)).toEqual(letter)
    expect(await revive(brook.db, letter)).toContain('too long')
  }
  expect(await letters.find('1-1')).toBeUndefined()
  expect(await letters.find('nonsense')).toBeUndefined()

  await brook.db.run('ALTER TABLE messages MODIFY text MEDIUMTEXT NULL')
  for (const letter of all) {
    expect(await revive(brook.db, letter)).toBeUndefined()
    expect(await revive(brook.db, letter)).toBeUndefined()
  }
  const rows = await brook.db.rows('SELECT seq FROM messages WHERE room_id = ? AND seq IN (77, 78)', [
    ann.room,
  ])
  expect(rows).toHaveLength(2)
  for (const letter of all) await letters.drop(letter)
  expect(await letters.list(10)).toEqual([])
})
