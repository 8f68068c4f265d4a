// The search index finds every word of every message that it has passed, and no word that is gone.
import type { Queryable } from '../../db.ts'
import { compareBlock, rebuildBlock } from '../../search/indexer.ts'
import { blocksOf, firstOf, isCurrent, moveBlock, openBlock, type Block } from '../../search/postings.ts'
import type { At, Check, Difference } from '../check.ts'
import type { RoomMoment } from '../moment.ts'

export const search: Check = {
  name: 'search',
  about: 'the search index finds each word of each message, and none that is gone',
  ofRooms: true,
  async *look(at) {
    for (const room of at.rooms) yield* lookAtRoom(at, room)
  },
  repair: {
    does: 'indexes these blocks of messages again',
    async run({ db }, differences) {
      for (const { room = '', id } of differences) {
        const place = { room, block: Number(id) }
        await db.transaction(async (tx) => {
          const block = await openBlock(tx, place)
          const last = await lastOf(tx, block, (await newestIn(tx, room)).upto)
          await moveBlock(tx, { ...block, upto: Math.max(block.upto, last) })
        })
        await rebuildBlock(db, place)
      }
    },
  },
}

async function* lookAtRoom({ db, seen }: At, { id: room }: RoomMoment): AsyncGenerator<Difference> {
  const newest = await newestIn(db, room)
  const [posted] = await db.rows<{ block: number | null }>(
    'SELECT MAX(block) AS block FROM search_postings WHERE room_id = ?',
    [BigInt(room)],
  )
  for (let number = 0; number <= Math.max(newest.block, Number(posted?.block ?? -1)); number += 1) {
    const words = await db.transaction(async (tx) => {
      // As of this moment: the indexer goes on.
      const block = (await blocksOf(tx, [room])).find((one) => one.block === number)
      const last = await lastOf(tx, { room, block: number }, newest.upto)
      if (block === undefined)
        return last === 0 && number < newest.block ? undefined : 'the index does not know how far it has them'
      if (number < newest.block && block.upto < last) return `the index ends at #${block.upto}`
      // By other rules it is not used, and is about to be made again.
      if (!isCurrent(block)) return undefined
      const { messages, wrong } = await compareBlock(tx, block, 'free')
      seen(messages)
      return wrong.size === 0 ? undefined : `the index is wrong about ${wrong.size} of their words`
    })
    if (words === undefined) continue
    const [first, last] = [Math.max(1, firstOf(number)), firstOf(number + 1) - 1]
    yield {
      key: `${room} ${number}`,
      room,
      id: String(number),
      words: `messages #${first} to #${last}: ${words}`,
    }
  }
}

/** The last message of a block up to a number; 0: it has none. */
async function lastOf(
  db: Queryable,
  { room, block }: Pick<Block, 'room' | 'block'>,
  upTo: number,
): Promise<number> {
  const [row] = await db.rows<{ seq: number | null }>(
    'SELECT MAX(seq) AS seq FROM messages WHERE room_id = ? AND seq >= ? AND seq < ? AND seq <= ?',
    [BigInt(room), firstOf(block), firstOf(block + 1), upTo],
  )
  return Number(row?.seq ?? 0)
}

/** How far the index reaches; block -1: nothing is indexed. What the indexer has still to do is left to it. */
async function newestIn(db: Queryable, room: string): Promise<Pick<Block, 'block' | 'upto'>> {
  const [last] = await blocksOf(db, [room])
  return last ?? { block: -1, upto: 0 }
}
