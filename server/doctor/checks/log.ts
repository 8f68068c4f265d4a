// What MySQL does not have yet is whole in the log: no number between what is archived and a room's newest is missing there.
import { readThrough } from '../../log/follow.ts'
import { keysOf } from '../../log/keys.ts'
import type { Check } from '../check.ts'

export const log: Check = {
  name: 'log',
  about: 'what MySQL does not have yet is in the log, without a hole',
  ofRooms: true,
  async *look({ redis, moment, rooms, seen }) {
    const next = new Map(rooms.map(({ id, archived }) => [id, archived + 1]))
    const heads = new Map(rooms.map(({ id, head }) => [id, head]))
    for (const [shard, checkpoint] of moment.checkpoints.entries())
      for await (const entries of readThrough(redis.shard(shard).asker, keysOf(shard), checkpoint)) {
        seen(entries.length)
        for (const { room, seq } of entries) {
          const expected = next.get(room)
          if (expected === undefined || seq > (heads.get(room) ?? 0)) continue
          if (seq !== expected) yield difference(room, expected, seq)
          next.set(room, Math.max(expected, seq + 1))
        }
      }
    for (const { id, head } of rooms) {
      const expected = next.get(id) ?? head + 1
      if (expected <= head) yield difference(id, expected, head + 1)
    }
  },
}

const difference = (room: string, expected: number, found: number) => ({
  key: `${room} ${expected}`,
  room,
  seq: expected,
  words:
    found < expected
      ? `the log gives #${found} a second time`
      : `${found - expected} ${found - expected === 1 ? 'entry is' : 'entries are'} neither in the log nor in MySQL`,
})
