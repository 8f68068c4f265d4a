// What MySQL has refused is set aside: it is in no history until somebody has looked at it.
import { DeadLetters } from '../../log/dead-letters.ts'
import type { Check } from '../check.ts'

const maxLetters = 10_000

export const deadLetters: Check = {
  name: 'dead-letters',
  about: 'MySQL has refused no entry, or somebody has dealt with it (brook dead list)',
  ofRooms: false,
  async *look({ redis, shards, seen }) {
    const all = await new DeadLetters(redis, shards).list(maxLetters)
    seen(all.length)
    for (const { id, shard, entry } of all)
      yield {
        key: `${shard} ${id}`,
        id,
        words: `entry ${entry} was refused; brook dead show ${id} says why, and brook dead retry ${id} tries it again`,
      }
  },
}
