// Finds messages in all rooms that a person may read, newest first. The index says where to look, the messages decide
// whether they match; so neither a hash collision nor an index that is behind gives a wrong answer.
import { isRefusal } from '../answer.ts'
import type { Slices } from '../channel/slices.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { kib } from '../protocol/units.ts'
import { isSpoken } from '../protocol/timeline.ts'
import type { Hit, SearchAnswer } from '../protocol/search.ts'
import { readCursor, writeCursor, type Cursor } from './cursor.ts'
import { ask, match, type Question, type Query } from './match.ts'
import { blocksOf, heldBy, isCurrent, readBlocks, type Block, type Postings } from './postings.ts'
import { RoomScan, type Found } from './scan.ts'

export interface SearchDeps {
  db: Db
  history: History
  log: Pick<Log, 'head'>
  slices: Slices
}

interface Asked extends Query {
  rooms: string[]
  cursor: string | undefined
  limit: number
}

export class Search {
  readonly #deps: SearchDeps

  constructor(deps: SearchDeps) {
    this.#deps = deps
  }

  /** `rooms`: those that this person may read. @throws a lost connection, if MySQL is down */
  async find({ rooms, cursor, limit, ...query }: Asked): Promise<SearchAnswer | Refusal> {
    const question = ask(query)
    const from =
      cursor === undefined ? { began: Date.now(), below: new Map<string, number>() } : readCursor(cursor)
    if (from === undefined) return { code: 'bad_cursor' }
    const opened = await this.#open(rooms, from, question)
    const scans = opened.map(({ scan }) => scan)
    // Messages sent after the first page belong to none of the following pages.
    const until = cursor === undefined ? Infinity : from.began
    const looked = await this.#look(scans, question, { limit, until })
    if (isRefusal(looked)) return looked
    const { page, next } = pick(scans, limit, from)
    return {
      hits: await this.#inContext(page),
      cursor: next === undefined ? null : writeCursor(next),
      complete: looked.complete,
      behind: opened.reduce((sum, { behind }) => sum + behind, 0),
    }
  }

  async #open(
    rooms: readonly string[],
    { below }: Cursor,
    question: Question,
  ): Promise<{ scan: RoomScan; behind: number }[]> {
    const blocks = new Map<string, Block[]>()
    for (const block of await blocksOf(this.#deps.db, rooms))
      blocks.set(block.room, [...(blocks.get(block.room) ?? []), block])
    return rooms.map((room) => {
      const own = blocks.get(room) ?? []
      const head = this.#deps.log.head(room)
      const scan = new RoomScan(room, Math.min(below.get(room) ?? Infinity, head + 1), own, question)
      return { scan, behind: lackingOf(own, head) }
    })
  }

  /** Continues until the page is certain, or enough was examined for one answer. */
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
      const batch = left.sort((a, b) => b.bound - a.bound).slice(0, width)
      await this.#read(batch, question, Math.max(1, Math.floor(width / batch.length)))
      const each = Math.max(4, Math.ceil((4 * width) / batch.length))
      const counts = await Promise.all(
        batch.map((scan) => this.#examine(scan, scan.next(each), question, until)),
      )
      for (const count of counts) {
        if (typeof count !== 'number') return count
        examined += count
      }
    }
  }

  async #read(scans: readonly RoomScan[], question: Question, each: number): Promise<void> {
    const wanted = scans.map((scan) => ({ scan, blocks: scan.wants(each) }))
    const narrows = (block: Block): boolean => question.needs.length > 0 && isCurrent(block)
    const places = wanted.flatMap(({ blocks }) => blocks.filter(narrows))
    const found = await readBlocks(this.#deps.db, places, question.spans)
    const rowsOf = ({ room, block }: Block): Postings => found.get(`${room} ${block}`) ?? new Map()
    for (const { scan, blocks } of wanted)
      if (blocks.length > 0) scan.give(blocks, (block) => (narrows(block) ? rowsOf(block) : undefined))
  }

  async #examine(
    scan: RoomScan,
    seqs: readonly number[],
    question: Question,
    until: number,
  ): Promise<number | Refusal> {
    if (seqs.length === 0) return 0
    const messages = await this.#deps.history.messages(scan.room, seqs)
    if (isRefusal(messages)) return messages
    let oldest: number | undefined
    let cost = seqs.length
    const rest = this.#deps.slices.begin()
    for (const message of messages.reverse()) {
      await rest()
      oldest = message.at
      cost += Math.floor(isSpoken(message) ? message.text.length / kib : 0)
      if (!isSpoken(message) || message.at > until) continue
      const ranges = match(question, message)
      if (ranges !== undefined) scan.found.push({ room: scan.room, message, ranges })
    }
    scan.looked(seqs, oldest)
    return cost
  }

  /** Each hit with the nearest message on either side, among the numbers next to it: one statement per room. */
  async #inContext(page: readonly Found[]): Promise<Hit[]> {
    const distances = [...Array(limits.search.nearby).keys()].map((n) => n + 1)
    const rooms = new Map<string, number[]>()
    for (const { room, message } of page)
      rooms.set(room, [
        ...(rooms.get(room) ?? []),
        ...distances.flatMap((n) => [message.seq - n, message.seq + n]),
      ])
    const around = new Map<string, SpokenMessage[]>()
    await Promise.all(
      [...rooms].map(async ([room, seqs]) => {
        const messages = await this.#deps.history.messages(
          room,
          [...new Set(seqs)].filter((seq) => seq > 0),
        )
        if (!isRefusal(messages)) around.set(room, messages.filter(isSpoken))
      }),
    )
    return page.map(({ room, message, ranges }) => {
      const side = (n: number): SpokenMessage | undefined =>
        around.get(room)?.find(({ seq }) => seq === message.seq + n)
      const first = (sign: 1 | -1): SpokenMessage | undefined =>
        distances.map((n) => side(n * sign)).find((one) => one !== undefined)
      const [before, after] = [first(-1), first(1)]
      return { room, message, ranges, ...(before && { before }), ...(after && { after }) }
    })
  }
}

/** The messages of a room that the index lacks: above its blocks, and in blocks that are indexed by other rules. */
const lackingOf = (blocks: readonly Block[], head: number): number =>
  blocks
    .filter((block) => !isCurrent(block))
    .reduce((sum, block) => sum + heldBy(block), Math.max(0, head - (blocks[0]?.upto ?? 0)))

/** The time of the n-th newest hit so far; -Infinity while there are fewer. */
function oldestOf(scans: readonly RoomScan[], n: number): number {
  const times = scans.flatMap(({ found }) => found.map(({ message }) => message.at))
  return times.length < n ? -Infinity : (times.sort((a, b) => b - a)[n - 1] ?? -Infinity)
}

/**
 * The newest hits, and where each room continues. Hits of a room are taken only in its order, so that every hit above
 * the position where it continues was taken, and none below it.
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
