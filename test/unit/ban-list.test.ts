// Who is kept out, as it is read from MySQL: of two reads at once, the later one stands.
import { expect, test } from 'vitest'
import type { Db } from '../../server/db.ts'
import { BanList } from '../../server/moderation/ban-list.ts'

test('an earlier read that is late does not undo a later one', async () => {
  let version = '1'
  let banned: number[] = [1]
  const late: (() => void)[] = []
  // The answer is what MySQL had when it was asked; the first read of the rows comes late.
  const rows = async (sql: string): Promise<object[]> => {
    if (sql.includes('installation')) return [{ value: version }]
    if (sql.includes('room_bans')) return []
    const answer = banned.map((user_id) => ({ user_id, network: null, reason: '', expires_at: null }))
    if (late.length === 0) await new Promise<void>((resolve) => late.push(resolve))
    return answer
  }
  const list = new BanList({
    db: { rows } as unknown as Db,
    bus: { publish: () => undefined },
    onError: () => undefined,
  })
  const before = list.read()
  await expect.poll(() => late.length).toBe(1)
  version = '2'
  banned = [1, 2]
  const after = list.changed()
  // Whatever can be done without the late one is done by then.
  await new Promise((resolve) => setImmediate(resolve))
  late[0]?.()
  await Promise.all([before, after])
  const isOut = (id: string): boolean => list.of({ user: { id, admin: false } }) !== undefined
  expect([isOut('1'), isOut('2'), isOut('3')]).toEqual([true, true, false])
})
