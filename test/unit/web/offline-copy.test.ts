// The rooms on this device against a plain log: whatever was heard, missed, asked for, evicted and deleted, by this tab or another,
// what is shown is a true stretch of the room, or nothing.
import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EntryEvent } from '../../../server/protocol/events.ts'
import type { ChangesAnswer, Message, PageAnswer } from '../../../server/protocol/http.ts'
import {
  isChange,
  isEffect,
  isErasure,
  isReply,
  showsInRoom,
  toMessage,
  withChange,
} from '../../../server/protocol/timeline.ts'
import { emptyDisk, openDisk, type Disk, type Stretch } from '../../../web/offline/disk.ts'
import { Follower } from '../../../web/offline/follower.ts'
import { RoomCopies, type CachedPage } from '../../../web/offline/room-copies.ts'
import type { Place } from '../../../web/offline/stretch.ts'
import { ann, bob, garden } from './said.ts'

const room = '7'

/** A room as the server has it: all entries, and what they make of its messages at any number. */
class PlainLog {
  readonly entries: EntryEvent[] = []

  get head(): number {
    return this.entries.length
  }

  add(make: (seq: number) => object): void {
    const seq = this.head + 1
    const common = { room, seq, cid: `c${seq}`, at: seq * 1_000, user: seq % 2 === 0 ? ann : bob }
    this.entries.push({ ...common, ...make(seq) } as EntryEvent)
  }

  at(upTo: number): Message[] {
    const known = this.entries.slice(0, upTo)
    const effects = known.filter(isEffect)
    return known
      .flatMap((entry) => toMessage(entry) ?? [])
      .map((message) => effects.reduce<Message>(withChange, message))
  }

  page({ before = Infinity, limit = 50 }: Place, onlyRoom = false): PageAnswer {
    const all = this.at(this.head).filter((one) => !onlyRoom || showsInRoom(one))
    const fitting = all.filter(({ seq }) => seq < before)
    const messages = fitting.slice(-limit)
    return {
      messages,
      hasBefore: fitting.length > messages.length,
      hasAfter: before <= this.head,
      upTo: this.head,
    }
  }

  changes(after: number, limit: number): ChangesAnswer {
    const some = this.entries.slice(after, after + limit)
    const touched = new Set(
      some.flatMap((entry) =>
        isChange(entry) ? [entry.target] : isReply(entry) ? [entry.seq, entry.thread] : [entry.seq],
      ),
    )
    const head = after + some.length
    return {
      messages: this.at(this.head).filter(({ seq }) => touched.has(seq)),
      head,
      more: head < this.head,
      ...(some.some(isErasure) ? { anew: true as const } : {}),
    }
  }
}

const body = (text: string) => ({ type: 'message', text })

/** One more entry of the log, about an earlier number if there is one. */
function write(log: PlainLog, kind: number, which: number): void {
  const messages = log.at(log.head)
  const target = messages[which % Math.max(1, messages.length)]?.seq
  if (kind < 4 || target === undefined) return log.add((seq) => body(`words ${seq}`))
  if (kind === 4) return log.add((seq) => ({ type: 'edited', target, text: `edited ${seq}` }))
  if (kind === 5) return log.add(() => ({ type: 'deleted', target }))
  if (kind === 6) return log.add(() => ({ type: 'reacted', target, emoji: '👍', on: which % 3 > 0 }))
  if (kind === 7) return log.add((seq) => ({ ...body(`reply ${seq}`), thread: target }))
  if (kind === 8)
    return log.add((seq) => ({ type: 'erased', target: 0, from: 1, to: Math.max(1, seq - 8), days: 30 }))
  log.add((seq) => ({ type: 'erased', target: 0, from: 1, to: seq - 1, person: ann }))
}

/** Everything that is shown is as the room was at its upper number or later, and nothing of it is missing. */
function isTrue(log: PlainLog, { messages, hasBefore, hasAfter, stretch }: CachedPage): void {
  const { from, upTo, repliesFrom }: Stretch = stretch
  const first = hasBefore ? (messages[0]?.seq ?? upTo + 1) : 1
  expect(first).toBeGreaterThanOrEqual(from)
  const last = messages.at(-1)?.seq ?? 0
  expect(last).toBeLessThanOrEqual(upTo)
  const due = log.at(upTo).filter(({ seq }) => seq >= first && seq <= (hasAfter ? last : upTo))
  const seqs = new Set(messages.map(({ seq }) => seq))
  for (const one of due)
    if (showsInRoom(one) || one.seq >= Math.max(repliesFrom, first))
      expect([one.seq, seqs.has(one.seq)]).toEqual([one.seq, true])
  for (const message of messages) {
    const state = Math.max(upTo, message.updatedSeq)
    const meant = log.at(state).find(({ seq }) => seq === message.seq)
    expect(message).toEqual(meant)
  }
}

type Act =
  | { do: 'write'; kinds: number[]; which: number; heard: 'live' | 'mixed' | 'lost' }
  | { do: 'come' }
  | { do: 'open' }
  | { do: 'older' }
  | { do: 'evict' }
  | { do: 'clear' }
  | { do: 'other tab' }

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      kinds: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }),
      which: fc.nat(200),
      heard: fc.constantFrom('live' as const, 'mixed' as const, 'lost' as const),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'come' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'open' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'older' as const }) },
  fc.constant({ do: 'evict' as const }),
  fc.constant({ do: 'clear' as const }),
  fc.constant({ do: 'other tab' as const }),
)

/** A browser with this room, and as many tabs as one opens. */
async function begin(log: PlainLog) {
  const asked: string[] = []
  const tab = async () => {
    const disk = (await openDisk(ann.id)) as Disk
    const copies = new RoomCopies(disk)
    const follower = new Follower({
      copies,
      changes: async (_room, after, limit) => {
        asked.push(`changes ${after}`)
        return log.changes(after, Math.min(limit, 10))
      },
      page: async (_room, place) => {
        asked.push(`page ${place.before ?? ''}`)
        return log.page({ ...place, limit: Math.min(place.limit ?? 50, 12) })
      },
      rest: () => Promise.resolve(),
      mayFill: () => false,
      maxBytes: () => 1_000_000,
    })
    return { disk, copies, follower }
  }
  return { asked, tab }
}

describe('a room on this device', () => {
  beforeEach(() => emptyDisk(ann.id))

  it('is always a true stretch of the log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 4, maxLength: 24 }), async (steps) => {
        await emptyDisk(ann.id)
        const log = new PlainLog()
        for (let n = 0; n < 20; n += 1) write(log, n % 5 === 4 ? 4 : 0, n)
        const { tab } = await begin(log)
        let { disk, copies, follower } = await tab()
        for (const step of steps) {
          switch (step.do) {
            case 'write': {
              const before = log.head
              for (const kind of step.kinds) write(log, kind, step.which)
              const said = log.entries.slice(before)
              if (step.heard === 'live') follower.hear(room, said)
              if (step.heard === 'mixed') {
                // Out of order, one of them twice, and one of them not at all.
                follower.hear(room, said.filter((_one, n) => n !== step.which % said.length).toReversed())
                follower.hear(room, said.slice(0, 1))
              }
              break
            }
            case 'come':
              follower.welcomed([garden({ id: room, head: log.head })])
              await follower.settled()
              break
            case 'open':
              follower.expect(room)
              await follower.seed(room, log.page({ limit: 7 }, true))
              break
            case 'older': {
              const stretch = await copies.stretchOf(room)
              if (stretch === undefined) break
              await copies.older(room, log.page({ before: stretch.from, limit: 5 }), stretch.upTo)
              break
            }
            case 'evict':
              await copies.evict(0, 1)
              break
            case 'clear':
              await follower.voided(room)
              break
            case 'other tab':
              follower.close()
              disk.close()
              ;({ disk, copies, follower } = await tab())
          }
          await follower.settled()
          const { from = 0, upTo = 0 } = (await copies.stretchOf(room)) ?? {}
          const places = [
            { limit: 1_000 },
            { limit: 4 },
            { before: upTo - 3, limit: 4 },
            { around: from + 2, limit: 5 },
          ]
          for (const place of places) {
            const shown = await copies.page(room, place)
            if (shown !== undefined) isTrue(log, shown)
          }
        }
        follower.close()
        disk.close()
      }),
      { numRuns: 20 },
    )
  })
})
