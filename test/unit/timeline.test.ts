// The fold from entries to what a person reads.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../server/log/entry.ts'
import type { ChangeEvent, ReplyEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { isChange, later, toMessage, withChange, showsInRoom } from '../../server/protocol/timeline.ts'
import { ann, bob, change, message, notice } from '../support/entries.ts'

const unchanged = { editedAt: null, deletedAt: null, reactions: [] }

describe('an entry is shown as', () => {
  test('the text that somebody posted', () => {
    const { event, cid } = message(5, { text: 'hi', ms: 9_000 })
    const read = { kind: 'message', seq: 5, updatedSeq: 5, cid, user: ann, text: 'hi', at: 9_000 }
    expect(toMessage(event)).toStrictEqual({ ...read, ...unchanged, replyTo: null })
  })

  test('the message that was answered, too', () => {
    const { event } = message(5)
    expect(toMessage({ ...event, replyTo: 3 } as typeof event)).toMatchObject({ replyTo: 3 })
  })

  test('a notice of what happened', () => {
    const { event } = notice(5, { kind: 'added', person: bob }, { ms: 9_000 })
    expect(toMessage(event)).toStrictEqual({
      kind: 'notice',
      seq: 5,
      updatedSeq: 5,
      user: ann,
      at: 9_000,
      notice: { kind: 'added', person: bob },
    })
  })

  test('nothing if this version does not know its kind', () => {
    expect(toMessage({ type: 'unknown', room: '7', seq: 5, at: 9_000 })).toBeUndefined()
  })
})

describe('of two states of a message', () => {
  const state = (updatedSeq: number, text = `as of ${updatedSeq}`): Message => ({
    kind: 'message',
    seq: 5,
    updatedSeq,
    cid: message(5).cid,
    user: ann,
    text,
    at: 9_000,
    replyTo: null,
    ...unchanged,
  })

  test('the later one wins, and the only one if there is one', () => {
    expect(later(undefined, state(5))).toEqual(state(5))
    expect(later(state(5), state(8))).toEqual(state(8))
    expect(later(state(8), state(5))).toEqual(state(8))
  })

  test('neither order nor repetition matters', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 20 }), { minLength: 1 }), (updates) => {
        const newest = Math.max(...updates)
        const folded = [...updates, ...updates.toReversed()]
          .map((seq) => state(seq))
          .reduce((a, b) => later(a, b))
        expect(folded).toEqual(state(newest))
      }),
    )
  })
})

describe('changes of a message', () => {
  const done = (...entries: Entry[]): Message | undefined =>
    entries
      .map(({ event }) => event)
      .reduce<Message | undefined>(
        (state, event) => (isChange(event) ? state && withChange(state, event) : toMessage(event)),
        undefined,
      )

  test('an edit gives it another text, and says when', () => {
    const edit = change(6, { type: 'edited', target: 5, text: 'better' }, { ms: 9_000 })
    expect(done(message(5), edit)).toMatchObject({ text: 'better', editedAt: 9_000, updatedSeq: 6 })
  })

  test('nothing of a deleted message is left but its number, whatever comes after', () => {
    const gone = done(
      message(5),
      change(6, { type: 'reacted', target: 5, emoji: '👍', on: true }),
      change(7, { type: 'deleted', target: 5 }, { ms: 9_000 }),
      change(8, { type: 'edited', target: 5, text: 'late' }),
      change(9, { type: 'reacted', target: 5, emoji: '👍', on: true }),
    )
    expect(gone).toMatchObject({ seq: 5, text: '', editedAt: null, deletedAt: 9_000, updatedSeq: 9 })
    expect(gone).toMatchObject({ reactions: [] })
  })

  test('reactions are in the order in which they came, each person once per kind', () => {
    const react = (seq: number, emoji: string, on: boolean, user = ann): Entry =>
      change(seq, { type: 'reacted', target: 5, emoji, on }, { user })
    const reacted = done(
      ...[message(5), react(6, '👍', true), react(7, '🎉', true), react(8, '👍', true, bob)],
      ...[react(9, '👍', false), react(10, '👍', true)],
    )
    expect(reacted).toMatchObject({
      reactions: [
        { emoji: '🎉', users: [{ ...ann, seq: 7 }] },
        {
          emoji: '👍',
          users: [
            { ...bob, seq: 8 },
            { ...ann, seq: 10 },
          ],
        },
      ],
    })
  })

  test('a pin says since when and by whom, and is removed by an unpin and with the message', () => {
    const pin = (seq: number, on: boolean, ms: number): Entry =>
      change(seq, { type: 'pinned', target: 5, on }, { user: bob, ms })
    expect(done(message(5), pin(6, true, 9_000))).toMatchObject({
      pinnedAt: 9_000,
      pinnedBy: bob,
      updatedSeq: 6,
    })
    expect(done(message(5), pin(6, true, 9_000), pin(7, false, 9_500))).not.toHaveProperty('pinnedAt')
    const gone = done(
      ...[message(5), pin(6, true, 9_000), change(7, { type: 'deleted', target: 5 }), pin(8, true, 9_900)],
    )
    expect(gone).not.toHaveProperty('pinnedAt')
    expect(gone).not.toHaveProperty('pinnedBy')
  })

  test('a change of another message, and one that is in it already, leave it as it is', () => {
    const state = done(message(5), change(8, { type: 'edited', target: 5, text: 'as of 8' }))
    const others = [
      change(9, { type: 'edited', target: 4, text: 'other' }),
      change(7, { type: 'edited', target: 5, text: 'as of 7' }),
    ]
    for (const { event } of others)
      if (state !== undefined && isChange(event)) expect(withChange(state, event)).toBe(state)
  })
})

describe('a reply in a thread', () => {
  const first = toMessage(message(5).event) as SpokenMessage
  const reply = (seq: number, user = bob) => message(seq, { user, thread: 5 }).event as ReplyEvent

  test('is counted once on its root, the author of the newest first', () => {
    const once = withChange(first, reply(7))
    expect(once).toMatchObject({ updatedSeq: 7, threaded: { replies: 1, lastSeq: 7, people: [bob] } })
    expect(withChange(once, reply(7))).toBe(once)
    const twice = withChange(withChange(once, reply(8, ann)), reply(9, bob))
    expect(twice.threaded).toMatchObject({ replies: 3, lastSeq: 9, people: [bob, ann] })
  })

  test('is counted even if its root was deleted meanwhile', () => {
    const gone = withChange(first, change(6, { type: 'deleted', target: 5 }).event as ChangeEvent)
    expect(withChange(gone, reply(7))).toMatchObject({ text: '', threaded: { replies: 1 } })
  })

  test('shows a limited number of avatars, the newest', () => {
    const { faces } = limits.threads
    const many = Array.from({ length: faces + 3 }, (_, n) => reply(6 + n, { id: `${n + 1}`, name: `P${n}` }))
    const people = many.reduce<SpokenMessage>(withChange, first).threaded?.people.map(({ id }) => id)
    expect(people).toEqual(Array.from({ length: faces }, (_, n) => `${faces + 3 - n}`))
  })

  test('is in the room only when it says so', () => {
    const said = toMessage(reply(7)) as SpokenMessage
    expect([first, said, { ...said, alsoInRoom: true as const }].map(showsInRoom)).toEqual([
      true,
      false,
      true,
    ])
  })
})
