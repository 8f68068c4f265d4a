// One timeline, in whatever order its entries come: folded from the log, from memory, from MySQL, or from any two of
// them.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { writeEntries } from '../../server/history/sync/archive.ts'
import { History } from '../../server/history/history.ts'
import type { Entry } from '../../server/log/entry.ts'
import { Tail } from '../../server/log/tail.ts'
import { holding, type ErasedEvent } from '../../server/protocol/entries/erased.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { Mention } from '../../server/protocol/message.ts'
import type { Person } from '../../server/protocol/people.ts'
import {
  isChange,
  isEffect,
  isErasure,
  isReply,
  later,
  showsInRoom,
  targetOf,
  toMessage,
  withChange,
} from '../../server/protocol/timeline.ts'
import { ann, bob, change, message, notice } from '../support/entries.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let db: Db
beforeAll(async () => {
  stores = await privateStores()
  db = new Db(stores.mysql, 3)
})
afterAll(async () => {
  await db.close()
  await stores.stop()
})

type Timeline = Map<number, Message>

function foldEntry(timeline: Timeline, { event }: Entry): void {
  const made = toMessage(event)
  if (made !== undefined) timeline.set(made.seq, later(timeline.get(made.seq), made))
  if (!isEffect(event)) return
  const known = isErasure(event) ? [...timeline.values()] : [timeline.get(targetOf(event))]
  for (const message of known)
    if (message !== undefined) timeline.set(message.seq, withChange(message, event))
}

/** What was undone, in `all`, is as if it had never been, but for the number of what undid it. */
function fold(entries: readonly Entry[], from: Timeline = new Map(), all = entries): Timeline {
  const timeline = new Map(from)
  const undone = new Set(all.map(({ event }) => (isErasure(event) ? event.undoes : undefined)))
  for (const entry of entries)
    if (!isErasure(entry.event) || !undone.has(entry.seq)) foldEntry(timeline, entry)
  return timeline
}

const shown = (timeline: Timeline | readonly Message[]): Message[] =>
  [...(timeline instanceof Map ? timeline.values() : timeline)].sort((a, b) => a.seq - b.seq)

/** What people do in a room, without numbers: a change names its message by how far back it is. */
const doing = fc.record({
  kind: fc.constantFrom(
    'message',
    'message',
    'reply',
    'reply',
    'reply',
    'notice',
    'edited',
    'deleted',
    'reacted',
    'reacted',
    'pinned',
    'pinned',
    'erased',
    'undone',
    'expired',
  ),
  user: fc.constantFrom(ann, bob),
  back: fc.integer({ min: 1, max: 12 }),
  emoji: fc.constantFrom('👍', '🎉', '❤️'),
  on: fc.boolean(),
  /** Whom the text mentions, of messages and of edits. */
  named: fc.constantFrom([], [], [ann], [bob], [ann, bob]),
})

const mentionsOf = (people: readonly Person[]): Mention[] =>
  people.map(({ id, name }) => ({ name, ids: [id] }))

let room = 100

function entriesOf(doings: readonly (typeof doing extends fc.Arbitrary<infer T> ? T : never)[]): Entry[] {
  room += 1
  const erasures: ErasedEvent[] = []
  const isGone = (seq: number): boolean => holding(erasures).some(({ to }) => seq <= to)
  return doings.map(({ kind, user, back, emoji, on, named }, index): Entry => {
    const seq = index + 1
    const target = Math.max(1, seq - back)
    const facts = { room: String(room), user }
    const names = named.length === 0 ? {} : { mentions: mentionsOf(named) }
    const cid = newCid()
    const entry = ((): Entry => {
      switch (kind) {
        case 'edited':
          return change(seq, { type: 'edited', target, text: `edited by ${seq}`, ...names }, facts)
        case 'deleted':
          // Nobody deletes what is not there any more.
          return isGone(target)
            ? change(seq, { type: 'reacted', target, emoji, on }, facts)
            : change(seq, { type: 'deleted', target }, facts)
        case 'erased':
        case 'undone': {
          // What is gone because it was old is not restored.
          const isOld = erasures.some(({ days }) => days !== undefined)
          const last = kind === 'undone' && !isOld ? holding(erasures).at(on ? -1 : 0) : undefined
          const body = last ?? {
            person: back % 2 === 0 ? ann : bob,
            from: Math.max(1, seq - back),
            to: seq - 1,
          }
          const { person = ann, from, to } = body
          const undoes = last === undefined ? {} : { undoes: last.seq }
          const made = change(seq, { type: 'erased', target: 0, person, from, to, ...undoes }, facts)
          erasures.push(made.event as ErasedEvent)
          return made
        }
        case 'reacted':
          return change(seq, { type: 'reacted', target, emoji, on }, facts)
        case 'pinned':
          return change(seq, { type: 'pinned', target, on }, facts)
        case 'expired': {
          const body = { from: 1, to: Math.max(1, seq - 3 * back), days: 30 }
          const made = change(seq, { type: 'erased', target: 0, ...body }, facts)
          erasures.push(made.event as ErasedEvent)
          return made
        }
        // It may answer a notice, a change or a reply: the log keeps what it was given, and so does the fold.
        case 'reply':
          return seq === 1
            ? message(seq, facts)
            : message(seq, { ...facts, thread: target, ...(on ? { alsoInRoom: true } : {}) })
        case 'notice':
          return notice(seq, { kind: 'joined' }, facts)
        default:
          return message(seq, { ...facts, ...names })
      }
    })()
    const event = 'cid' in entry.event ? { ...entry.event, cid } : entry.event
    return { ...entry, cid, event }
  })
}

function readable<T extends object>(answer: T | Refusal): T {
  if ('code' in answer) throw new Error(`refused: ${String(answer.code)}`)
  return answer
}

/** A history whose memory begins at the entry with this index; copies, because a tail blanks what is deleted. */
function historyFrom(entries: readonly Entry[], first: number): History {
  const tail = new Tail({ ms: 0, n: 0 }, new Map([[String(room), { seq: first, at: null }]]))
  tail.take(entries.slice(first).map((entry) => ({ ...entry })))
  return new History(db, { tail: () => tail })
}

type NamedQuery = Parameters<History['named']>[0]

/** Somebody is in this run's room, and in none of the earlier runs'. */
async function isIn({ id }: Person): Promise<void> {
  await db.run('DELETE FROM memberships WHERE user_id = ?', [id])
  await db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at) VALUES (?)', [
    [id, room, 'member', 0, new Date()],
  ])
}

async function archive(entries: readonly Entry[], cuts: readonly number[]): Promise<void> {
  const edges = [0, ...cuts.map((cut) => Math.min(cut, entries.length)), entries.length].sort((a, b) => a - b)
  for (const [index, to] of edges.entries()) {
    // Each batch twice, and overlapping the previous one: as by a sync that was killed before it acknowledged.
    const from = Math.max(0, (edges[index - 1] ?? 0) - 2)
    await db.transaction((tx) => writeEntries(tx, entries.slice(from, to)))
    await db.transaction((tx) => writeEntries(tx, entries.slice(from, to)))
  }
}

test('memory and MySQL give what the log folds to, wherever the edge is and however it was written', async () => {
  const place = fc.integer({ min: 0, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 1, maxLength: 40 }),
      fc.array(place, { maxLength: 4 }),
      fc.array(place, { minLength: 1, maxLength: 3 }),
      async (doings, cuts, edges) => {
        const entries = entriesOf(doings)
        const whole = shown(fold(entries))
        await archive(entries, cuts)
        for (const edge of [0, ...edges, entries.length]) {
          const history = historyFrom(entries, Math.min(edge, entries.length))
          const page = readable(await history.page(String(room), { limit: 200 }))
          expect({ edge, messages: page.messages }).toEqual({ edge, messages: whole })
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('changes that MySQL gets late and in any order, such as a retried dead letter, do not alter that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 25, maxLength: 40 }),
      fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      async (some, places) => {
        // What is old went before anything that comes late.
        const doings = some.map((one) =>
          one.kind === 'expired' ? { ...one, kind: 'message' as const } : one,
        )
        const entries = entriesOf(doings)
        const made = entries.filter(({ event }) => !isChange(event))
        const changes = entries.filter(({ event }) => isChange(event))
        const placeOf = ({ seq }: Entry): number => places[seq % places.length] ?? 0
        await archive(made, [])
        for (const one of changes.toSorted((a, b) => placeOf(a) - placeOf(b)))
          await db.transaction((tx) => writeEntries(tx, [one]))
        const history = historyFrom(entries, entries.length)
        const page = readable(await history.page(String(room), { limit: 200 }))
        expect(page.messages).toEqual(shown(fold(entries)))
      },
    ),
    { numRuns: 40 },
  )
})

test('mentions are counted and listed as in the fold, wherever the edge is', async () => {
  const place = fc.integer({ min: 0, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 1, maxLength: 40 }),
      place,
      place,
      fc.integer({ min: 1, max: 9 }),
      async (doings, edge, cursor, limit) => {
        const entries = entriesOf(doings)
        const read = Math.min(cursor, entries.length)
        await archive(entries, [])
        await isIn(bob)
        const names = ({ mentions }: SpokenMessage): boolean =>
          mentions?.some(({ ids }) => ids.includes(bob.id)) === true
        const wanted = shown(fold(entries)).filter(
          (message): message is SpokenMessage => message.kind === 'message' && names(message),
        )
        const history = historyFrom(entries, Math.min(edge, entries.length))
        const counts = await history.mentions(bob.id, [{ room: String(room), read }])
        expect(counts.get(String(room)) ?? 0).toBe(
          wanted.filter((message) => message.seq > read && showsInRoom(message)).length,
        )
        const gathered: SpokenMessage[] = []
        for (let before: NamedQuery['before'], more = true; more; more = before !== undefined) {
          const rooms = [{ id: String(room), read }]
          const page = readable(await history.named({ userId: bob.id, rooms, before, limit }))
          for (const { unread, message } of page.mentions)
            if (showsInRoom(message)) expect(unread).toBe(message.seq > read)
          gathered.push(...page.mentions.map(({ message }) => message))
          before = page.next
        }
        expect(gathered).toEqual(wanted.reverse())
      },
    ),
    { numRuns: 60 },
  )
})

test('a client that returns at any number gets all changes since, in pieces of any size', async () => {
  const place = fc.integer({ min: 0, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 1, maxLength: 40 }),
      place,
      place,
      fc.integer({ min: 1, max: 7 }),
      async (doings, edge, cursor, limit) => {
        const entries = entriesOf(doings)
        await archive(entries, [])
        const history = historyFrom(entries, Math.min(edge, entries.length))
        const after = Math.min(cursor, entries.length)
        const timeline = fold(entries.slice(0, after))
        for (let at = after, more = true; more;) {
          const changes = readable(await history.changes(String(room), { after: at, limit }))
          expect(changes.head).toBeGreaterThan(changes.more ? at : at - 1)
          for (const state of changes.messages) timeline.set(state.seq, later(timeline.get(state.seq), state))
          if (changes.anew === true)
            for (const state of readable(await history.page(String(room), { limit: 200 })).messages)
              timeline.set(state.seq, later(timeline.get(state.seq), state))
          ;({ head: at, more } = changes)
        }
        expect(shown(timeline)).toEqual(shown(fold(entries)))
      },
    ),
    { numRuns: 60 },
  )
})

test('repeated entries, and overlapping pieces, change nothing', () => {
  fc.assert(
    fc.property(fc.array(doing, { maxLength: 40 }), fc.array(fc.nat(40)), (doings, starts) => {
      const entries = entriesOf(doings)
      const pieces = starts.map((start) => entries.slice(Math.min(start, entries.length)))
      const twice = pieces.reduce((timeline, piece) => fold(piece, timeline), fold(entries))
      expect(shown(twice)).toEqual(shown(fold(entries)))
    }),
  )
})

/** A message that was deleted later has no text at any moment. */
const withoutDeleted = (then: readonly Message[], now: Timeline): Message[] =>
  then.map((message) => {
    const last = now.get(message.seq)
    return last?.kind === 'message' && last.deletedAt !== null ? last : message
  })

/** Mentions of texts that were replaced later are not stored. */
const withoutOldNames = (then: readonly Message[], now: Timeline): Message[] =>
  then.map((message) => {
    const last = now.get(message.seq)
    if (message.kind !== 'message' || last?.kind !== 'message' || last.text === message.text) return message
    const { mentions: _old, ...bare } = message
    return bare
  })

test('a room at an earlier number is the fold of the entries up to it, except deleted messages', async () => {
  const place = fc.integer({ min: 0, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 1, maxLength: 40 }),
      place,
      fc.array(place, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      async (doings, edge, moments, limit) => {
        const entries = entriesOf(doings)
        await archive(entries, [])
        const history = historyFrom(entries, Math.min(edge, entries.length))
        for (const asOf of moments.map((moment) => Math.min(moment, entries.length))) {
          const now = fold(entries)
          const past = fold(entries.slice(0, asOf), new Map(), entries)
          const then = withoutOldNames(withoutDeleted(shown(past), now), now)
          const newest = readable(await history.page(String(room), { limit: 200, asOf }))
          expect({ asOf, ...newest }).toEqual({
            asOf,
            messages: then,
            hasBefore: false,
            hasAfter: false,
            upTo: asOf,
          })
          const pages: Message[] = []
          for (let after = 0, more = true; more;) {
            const page = readable(await history.page(String(room), { after, limit, asOf }))
            pages.push(...page.messages)
            more = page.hasAfter
            after = page.messages.at(-1)?.seq ?? 0
          }
          expect(pages).toEqual(then)
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('a thread has the replies of the fold, and the room the rest, in pages of any size from either side', async () => {
  const place = fc.integer({ min: 0, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing, { minLength: 1, maxLength: 40 }),
      place,
      fc.integer({ min: 1, max: 7 }),
      async (doings, edge, limit) => {
        const entries = entriesOf(doings)
        await archive(entries, [])
        const history = historyFrom(entries, Math.min(edge, entries.length))
        const whole = shown(fold(entries))
        const roots = new Set(entries.flatMap(({ event }) => (isReply(event) ? [event.thread] : [])))
        for (const root of roots) {
          const of = whole.find(({ seq }) => seq === root)
          const page = await history.thread(String(room), root, { limit })
          if (of?.kind !== 'message' || of.thread !== undefined) {
            expect(page).toHaveProperty('code')
            continue
          }
          const replies = whole.filter((one) => one.kind === 'message' && one.thread === root)
          expect(readable(page).root).toEqual(of)
          const down: Message[] = []
          for (let before: number | undefined, more = true; more;) {
            const at = before === undefined ? {} : { before }
            const part = readable(await history.thread(String(room), root, { ...at, limit }))
            down.unshift(...part.messages)
            more = part.hasBefore
            before = part.messages[0]?.seq ?? 0
          }
          expect(down).toEqual(replies)
          const up: Message[] = []
          for (let after = root, more = true; more;) {
            const part = readable(await history.thread(String(room), root, { after, limit }))
            up.push(...part.messages)
            more = part.hasAfter
            after = part.messages.at(-1)?.seq ?? after
          }
          expect(up).toEqual(replies)
        }
        const inRoom: Message[] = []
        for (let before = entries.length + 1, more = true; more;) {
          const part = readable(await history.page(String(room), { before, limit, view: 'room' }))
          inRoom.unshift(...part.messages)
          more = part.hasBefore
          before = part.messages[0]?.seq ?? 0
        }
        expect(inRoom).toEqual(whole.filter(showsInRoom))
      },
    ),
    { numRuns: 40 },
  )
})
