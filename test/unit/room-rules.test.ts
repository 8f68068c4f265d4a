// The rules of rooms in memory: what is heard while they are read holds, once.
import { expect, it } from 'vitest'
import type { Db } from '../../server/db.ts'
import { RoomRules } from '../../server/membership/room-rules.ts'

it('a notice that comes while they are read is not lost, and they are read to their end', async () => {
  let answer = (_rows: object[]): void => undefined
  const rows = new Promise<object[]>((resolve) => (answer = resolve))
  const rules = new RoomRules({ rows: () => rows } as unknown as Db, () => undefined)
  const reading = rules.read()
  rules.happened({ room: '7', notice: { kind: 'archived', archived: true } })
  rules.happened({ room: '8', notice: { kind: 'topic', topic: 'tea' } })
  answer([])
  await reading
  expect(rules.of('7')).toEqual({ archived: true, speak: 'everyone', slowMs: 0 })
  expect(rules.of('8')).toBeUndefined()
  rules.happened({ room: '7', notice: { kind: 'archived', archived: false } })
  expect(rules.of('7')).toBeUndefined()
})
