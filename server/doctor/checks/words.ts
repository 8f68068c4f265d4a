// The newest part of the log, which is kept for browsers that come back, says the same as the rows it became in MySQL.
import { isDeepStrictEqual } from 'node:util'
import { changesAt } from '../../history/sql/kept-changes.ts'
import { firstMessages } from '../../history/sql/messages.ts'
import { compareIds, type Entry } from '../../log/entry.ts'
import { readThrough } from '../../log/follow.ts'
import { keysOf } from '../../log/keys.ts'
import { toEvent, type EntryEvent } from '../../protocol/entries/index.ts'
import { isChange, isSpoken } from '../../protocol/timeline.ts'
import { grouped } from '../grouped.ts'
import type { At, Check, Difference } from '../check.ts'

export const words: Check = {
  name: 'words',
  about: 'what the log still has says the same as MySQL: who said it, when, and every word',
  ofRooms: true,
  async *look(at) {
    const { redis, moment, rooms, seen } = at
    const wanted = new Set(rooms.map(({ id }) => id))
    for (const [shard, checkpoint] of moment.checkpoints.entries())
      for await (const entries of readThrough(redis.shard(shard).asker, keysOf(shard), { ms: 0, n: 0 })) {
        const archived = entries.filter(({ id, room }) => wanted.has(room) && compareIds(id, checkpoint) <= 0)
        seen(archived.length)
        for (const [room, some] of grouped(archived, (entry) => entry.room))
          yield* compareRoom(at, room, some)
        if (archived.length === 0 && compareIds(entries[0]?.id ?? checkpoint, checkpoint) > 0) break
      }
  },
}

async function* compareRoom({ db }: At, room: string, entries: readonly Entry[]): AsyncGenerator<Difference> {
  const { kept, over } = await db.transaction(async (tx) => {
    const seqs = entries.map(({ seq }) => seq)
    const messages = await firstMessages(tx, room, seqs)
    const changes = await changesAt(tx, room, seqs)
    const events = [...messages.flatMap((message) => toEvent(room, message) ?? []), ...changes]
    const deleted = messages.flatMap((one) => (isSpoken(one) && one.deletedAt !== null ? one.seq : []))
    return {
      kept: new Map(events.map((event) => [event.seq, event])),
      over: new Set([
        ...deleted,
        ...(await overAmong(
          tx,
          room,
          changes.map(({ target }) => target),
        )),
      ]),
    }
  })
  for (const { seq, event } of entries) {
    const row = kept.get(seq)
    if (row === undefined || event.type === 'unknown') continue
    // What is deleted says nothing in MySQL, and the log is about to forget it.
    const isOver = over.has(isChange(event) ? event.target : seq)
    const wrong = fieldsApart(flat(event), flat(row), isOver ? placeFields : undefined)
    if (wrong.length > 0)
      yield {
        key: `${room} ${seq}`,
        room,
        seq,
        words: `has another ${wrong.join(', ')} in MySQL than in the log`,
      }
  }
}

/** What stays of an entry when its words go. */
const placeFields: ReadonlySet<string> = new Set(['type', 'cid', 'user', 'target', 'thread', 'replyTo'])

/** Not compared: what MySQL keeps of an import alone. */
const uncompared: ReadonlySet<string> = new Set(['editedAt'])

/** As JSON has it; of a person, what rows have of them. */
const flat = (event: EntryEvent): Record<string, unknown> => {
  const { user, ...rest } = JSON.parse(JSON.stringify(event)) as Record<string, unknown>
  const { id, name } = (user ?? {}) as Record<string, unknown>
  return { ...rest, user: [id, name] }
}

const fieldsApart = (
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  only?: ReadonlySet<string>,
): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) =>
      (only === undefined || only.has(name)) && !uncompared.has(name) && !isDeepStrictEqual(a[name], b[name]),
  )

async function overAmong(
  db: Pick<At['db'], 'rows'>,
  room: string,
  seqs: readonly number[],
): Promise<number[]> {
  if (seqs.length === 0) return []
  const rows = await db.rows<{ seq: number }>(
    'SELECT seq FROM messages WHERE room_id = ? AND seq IN (?) AND deleted_ms IS NOT NULL',
    [BigInt(room), [...seqs]],
  )
  return rows.map(({ seq }) => Number(seq))
}
