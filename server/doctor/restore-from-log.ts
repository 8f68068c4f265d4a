// Rows that MySQL has lost and the log still has: written again as they were, with what became of them since.
import { hideLate } from '../history/entries/erased.ts'
import { recountMentions } from '../history/sql/mentions.ts'
import { refoldAll } from '../history/sql/refold.ts'
import { recountThread } from '../history/sql/replies.ts'
import { writeEntries } from '../history/sync/archive.ts'
import { compareIds, type Entry } from '../log/entry.ts'
import { readThrough } from '../log/follow.ts'
import { keysOf } from '../log/keys.ts'
import { isSpokenEvent } from '../protocol/timeline.ts'
import { withIndex } from '../search/touched.ts'
import type { At } from './check.ts'
import type { Span } from './spans.ts'

/** What the log does not have any more stays lost. */
export async function restoreFromLog(at: At, holes: readonly Span[]): Promise<void> {
  const { redis, moment } = at
  const isMissing = ({ room, seq }: Entry): boolean =>
    holes.some((hole) => hole.room === room && seq >= hole.from && seq <= hole.to)
  for (const [shard, checkpoint] of moment.checkpoints.entries())
    for await (const entries of readThrough(redis.shard(shard).asker, keysOf(shard), { ms: 0, n: 0 }))
      for (const entry of entries) {
        // What comes after it is about to be archived.
        if (compareIds(entry.id, checkpoint) > 0) break
        if (isMissing(entry)) await restore(at, entry)
      }
}

const restore = ({ db }: At, entry: Entry): Promise<unknown> =>
  db.transaction(async (tx) => {
    const { room, seq, event } = entry
    const target = 'target' in event ? event.target : seq
    return withIndex(tx, [{ room, seq: target }], async () => {
      await writeEntries(tx, [entry])
      if (isSpokenEvent(event)) {
        await refoldAll(tx, room, [seq])
        await recountThread(tx, room, seq)
        await recountMentions(tx, [{ room, target: seq }])
      }
      await hideLate(tx, room, target)
    })
  })
