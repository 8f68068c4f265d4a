// Finds messages in all rooms that a person may read, the newest first. The index says where to look, the messages say
// whether they are what was asked for; so neither a shared hash nor an index that is behind gives a wrong answer.
import { isRefusal } from '../answer.ts'
import { isConnectionLost, type Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Hit, SearchAnswer } from '../protocol/search.ts'
import { readCursor, writeCursor, type Cursor } from './cursor.ts'
import { ask, match, type Question, type Wish } from './match.ts'
import { blocksOf, readBlocks, type Block } from './postings.ts'
import { RoomScan, type Found } from './scan.ts'

export interface SearchParts {
  db: Db
  history: History
  /** The newest number of a room. */
  headOf: (room: string) => number
}

interface Asked extends Wish {
  rooms: string[]
  cursor: string | undefined
  limit: number
}

export class Search {
  readonly #parts: SearchParts

  constructor(parts: SearchParts) {
    this.#parts = parts
  }

  /** `rooms`: those that this person may read. */
  async find({ rooms, cursor, limit, ...wish }: Asked): Promise<SearchAnswer | Refusal> {
    const question = ask(wish)
    const from =
      cursor === undefined ? { began: Date.now(), below: new Map<string, number>() } : readCursor(cursor)
    if (from === undefined) return { code: 'bad_cursor' }
    try {
      const scans = await this.#open(rooms, from, question)
      const behind = scans.reduce((sum, { behind }) => sum + behind, 0)
      const looked = await this.#look(
        scans.map(({ scan }) => scan),
        question,
        {
          limit,
          // What was said after the first page belongs to none of the following.
          until: cursor === undefined ? Infinity : from.began,
        },
      )
      if (isRefusal(looked)) return looked
      const { page, next } = pick(
        scans.map(({ scan }) => scan),
        limit,
        from,
      )
      const hits = await this.#inContext(page)
      return {
        hits,
        cursor: next === undefined ? null : writeCursor(next),
        complete: looked.complete,
        behind,
      }
    } catch (error) {
      if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
      throw error
    }
  }

  async #open(
    rooms: readonly string[],
    { below }: Cursor,
    question: Question,
  ): Promise<{ scan: RoomScan; behind: number }[]> {
    const blocks = new Map<string, Block[]>()
    for (const block of await blocksOf(this.#parts.db, rooms))
      blocks.set(block.room, [...(blocks.get(block.room) ?? []), block])
    return rooms.map((room) => {
      const own = blocks.get(room) ?? []
      const head = this.#parts.headOf(room)
      const scan = new RoomScan(room, Math.min(below.get(room) ?? Infinity, head + 1), own, question)
      return { scan, behind: Math.max(0, head - (own[0]?.upto ?? 0)) }
    })
  }

  /** Looks on until the page is certain, or enough was looked at for one answer. */
  async #look(
    scans: readonly RoomScan[],
    question: Question,
    { limit, until }: { limit: number; until: number },
  ): Promise<{ complete: boolean } | Refusal> {
    let examined = 0
    for (let width = 8; ; width = Math.min(2 * width, 64)) {
      const certain = oldestOf(scans, limit + 1)
      const left = scans.filter((scan) => !scan.isOver && scan.bound >= certain)
      if (left.length === 0) return { complete: true }
      if (examined >= limits.search.examined) return { complete: false }
      const turn = left.sort((a, b) => b.bound - a.bound).slice(0, width)
      await this.#read(turn, question, Math.max(1, Math.floor(width / turn.length)))
      const each = Math.max(4, Math.ceil((4 * width) / turn.length))
      const counts = await Promise.all(
        turn.map((scan) => this.#examine(scan, scan.next(each), question, until)),
      )
      for (const count of counts) {
        if (typeof count !== 'number') return count
        examined += count
      }
    }
  }

  async #read(scans: readonly RoomScan[], question: Question, each: number): Promise<void> {
    const wanted = scans.map((scan) => ({ scan, blocks: scan.wants(each) }))
    const narrows = question.needs.length > 0
    const places = wanted.flatMap(({ blocks }) => blocks)
    const found = narrows ? await readBlocks(this.#parts.db, places, question.tokens) : new Map()
    for (const { scan, blocks } of wanted)
      if (blocks.length > 0)
        scan.give(blocks, ({ room, block }) =>
          narrows ? (found.get(`${room} ${block}`) ?? new Map()) : undefined,
        )
  }

  async #examine(
    scan: RoomScan,
    seqs: readonly number[],
    question: Question,
    until: number,
  ): Promise<number | Refusal> {
    if (seqs.length === 0) return 0
    const messages = await this.#parts.history.messages(scan.room, seqs)
    if (isRefusal(messages)) return messages
    let oldest: number | undefined
    for (const message of messages.reverse()) {
      oldest = message.at
      if (message.kind !== 'message' || message.at > until) continue
      const ranges = match(question, message)
      if (ranges !== undefined) scan.found.push({ room: scan.room, message, ranges })
    }
    scan.looked(seqs, oldest)
    return seqs.length
  }

  /** Each with the nearest message on either side, of the numbers next to it: one statement a room. */
  async #inContext(page: readonly Found[]): Promise<Hit[]> {
    const near = [...Array(limits.search.nearby).keys()].map((n) => n + 1)
    const rooms = new Map<string, number[]>()
    for (const { room, message } of page)
      rooms.set(room, [
        ...(rooms.get(room) ?? []),
        ...near.flatMap((n) => [message.seq - n, message.seq + n]),
      ])
    const around = new Map<string, SpokenMessage[]>()
    await Promise.all(
      [...rooms].map(async ([room, seqs]) => {
        const messages = await this.#parts.history.messages(
          room,
          [...new Set(seqs)].filter((seq) => seq > 0),
        )
        if (!isRefusal(messages))
          around.set(
            room,
            messages.filter((one) => one.kind === 'message'),
          )
      }),
    )
    return page.map(({ room, message, ranges }) => {
      const side = (n: number): SpokenMessage | undefined =>
        around.get(room)?.find(({ seq }) => seq === message.seq + n)
      const first = (sign: 1 | -1): SpokenMessage | undefined =>
        near.map((n) => side(n * sign)).find((one) => one !== undefined)
      const [before, after] = [first(-1), first(1)]
      return { room, message, ranges, ...(before && { before }), ...(after && { after }) }
    })
  }
}

/** The time of the n-th newest hit so far; -Infinity while there are fewer. */
function oldestOf(scans: readonly RoomScan[], n: number): number {
  const times = scans.flatMap(({ found }) => found.map(({ message }) => message.at))
  return times.length < n ? -Infinity : (times.sort((a, b) => b - a)[n - 1] ?? -Infinity)
}

/**
 * The newest hits, and where each room goes on. Of a room they are taken in its order only, so that the place where it
 * goes on has all that was taken above it and all that was not below.
 */
function pick(
  scans: readonly RoomScan[],
  limit: number,
  { began, below }: Cursor,
): { page: Found[]; next: Cursor | undefined } {
  const taken = new Map<RoomScan, number>()
  const page: Found[] = []
  const head = (scan: RoomScan): Found | undefined => scan.found[taken.get(scan) ?? 0]
  while (page.length < limit) {
    const newest = scans.reduce<RoomScan | undefined>((best, scan) => {
      const one = head(scan)
      return one !== undefined && one.message.at > ((best && head(best)?.message.at) ?? -Infinity)
        ? scan
        : best
    }, undefined)
    const one = newest && head(newest)
    if (newest === undefined || one === undefined) break
    page.push(one)
    taken.set(newest, (taken.get(newest) ?? 0) + 1)
  }
  const isDone = scans.every((scan) => scan.isOver && head(scan) === undefined)
  if (isDone) return { page, next: undefined }
  const goesOn = new Map(below)
  for (const scan of scans) {
    const rest = head(scan)
    if (rest === undefined && !scan.hasMoved) continue
    goesOn.set(scan.room, rest === undefined ? scan.reached : rest.message.seq + 1)
  }
  return { page, next: { began, below: goesOn } }
}
