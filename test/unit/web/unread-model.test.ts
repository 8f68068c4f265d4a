// The counts of a room against a plain model: random talk, threads, edits, deletions, reading on two devices, sleep and
// long absence. What the browser shows is compared with a recount from nothing whenever both have heard everything.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DeletedEvent } from '../../../server/protocol/entries/deleted.ts'
import type { EditedEvent } from '../../../server/protocol/entries/edited.ts'
import type { Message } from '../../../server/protocol/http.ts'
import { RoomCounts } from '../../../web/rooms/room-counts.ts'
import { UnreadModel, type Said } from '../../support/unread-model.ts'
import { ann, bob, garden } from './said.ts'

/** One browser: it hears everything unless it sleeps, and asks the server when it cannot tell. */
class Browser {
  readonly counts = new RoomCounts()
  isAsleep = false
  readonly #model: UnreadModel

  constructor(model: UnreadModel) {
    this.#model = model
    this.wake(false)
  }

  wake(wasJoined = true): void {
    this.isAsleep = false
    this.counts.take({ ...garden(), turn: 0, ...this.#model.count() }, wasJoined)
  }

  hear(messages: Message[], changes: (EditedEvent | DeletedEvent)[]): void {
    if (this.isAsleep) return
    const event = { type: 'entries' as const, room: '7', messages, changes, head: this.#model.head }
    if (!this.counts.hear(event, ann.id)) this.recount(true)
  }

  recount(recount: boolean): void {
    const { read: seq, mentions = 0, threadMentions = 0, ...told } = this.#model.count()
    const report = { mentions: mentions - threadMentions, ...(recount ? { threadMentions } : {}) }
    this.counts.applyRead({ type: 'read', room: '7', seq, turn: 0, ...told, ...report })
  }
}

const number = fc.nat({ max: 60 })
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('say' as const), own: fc.boolean(), names: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reply' as const), to: number, names: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('edit' as const), which: number, names: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which: number }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('read' as const), upTo: number, by: fc.nat({ max: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('readThread' as const), to: number, by: fc.nat({ max: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const), who: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wake' as const), who: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const mentionsOf = (names: boolean) => (names ? { mentions: [{ name: ann.name, ids: [ann.id] }] } : {})

const messageOf = ({ seq, thread, isOwn, names, isDeleted }: Said): Message =>
  ({
    ...{ kind: 'message', seq, user: isOwn ? ann : bob, text: '', at: 0, updatedSeq: seq, reactions: [] },
    ...{ deletedAt: isDeleted ? 1 : null, ...(isDeleted ? {} : mentionsOf(names)) },
    ...(thread === undefined ? {} : { thread }),
  }) as unknown as Message

function play(steps: readonly Step[]): void {
  const model = new UnreadModel()
  const browsers = [new Browser(model), new Browser(model)] as const
  const awake = () => browsers.filter(({ isAsleep }) => !isAsleep)
  const say = (one: Omit<Said, 'seq' | 'isDeleted'>): void => {
    model.head += 1
    const said = { ...one, seq: model.head, isDeleted: false }
    const before = model.threads.get(said.thread ?? 0)
    model.says(said)
    for (const browser of browsers) browser.hear([messageOf(said)], [])
    const read = model.threads.get(said.thread ?? 0)
    if (said.thread === undefined || read === undefined || read === before) return
    // The server tells where somebody begins to follow.
    for (const browser of awake())
      if (!browser.counts.readThread('7', said.thread, read)) browser.recount(true)
  }
  const change = (which: number, make: (said: Said, seq: number) => EditedEvent | DeletedEvent): void => {
    const said = model.said[which % Math.max(1, model.said.length)]
    if (said === undefined || said.isDeleted || said.isOwn) return
    model.head += 1
    const event = make(said, model.head)
    for (const browser of browsers) browser.hear([], [event])
  }
  const common = (target: number, seq: number) => ({ room: '7', seq, at: 0, cid: '', user: bob, target })
  const roots = () => model.said.filter(({ thread }) => thread === undefined)

  for (const one of steps) {
    if (one.do === 'say') say({ isOwn: one.own, names: one.names })
    else if (one.do === 'reply') {
      const root = roots()[one.to % Math.max(1, roots().length)]
      if (root !== undefined) say({ isOwn: false, names: one.names, thread: root.seq })
    } else if (one.do === 'edit')
      change(one.which, (said, seq) => {
        model.edits(said, one.names)
        return { type: 'edited', text: '', ...common(said.seq, seq), ...mentionsOf(one.names) }
      })
    else if (one.do === 'delete')
      change(one.which, (said, seq) => {
        said.isDeleted = true
        return { type: 'deleted', ...common(said.seq, seq) }
      })
    else if (one.do === 'read') {
      if (browsers[one.by]?.isAsleep === true) continue
      model.read = Math.max(model.read, Math.min(model.head, one.upTo))
      browsers[one.by]?.counts.readTo('7', model.read)
      for (const browser of awake()) browser.recount(false)
    } else if (one.do === 'readThread') {
      const root = roots()[one.to % Math.max(1, roots().length)]
      if (root === undefined || browsers[one.by]?.isAsleep === true) continue
      model.threads.set(root.seq, model.head)
      for (const browser of awake())
        if (!browser.counts.readThread('7', root.seq, model.head)) browser.recount(true)
    } else if (one.do === 'sleep')
      for (const browser of browsers.slice(one.who, one.who + 1)) browser.isAsleep = true
    else if (one.do === 'wake') for (const browser of browsers.slice(one.who, one.who + 1)) browser.wake()
    // After a hole is filled, messages come again in their present state.
    else for (const browser of browsers) browser.hear(model.said.map(messageOf), [])

    if (awake().length === 0) continue
    const { unread, mentions } = model.count()
    for (const browser of awake()) {
      const shown = browser.counts.shown('7')
      expect([shown?.unread, shown?.mentions], one.do).toEqual([unread, mentions])
    }
  }
}

it('every browser shows what is unread, whatever happens, after each step', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), play), { numRuns: 1_000 })
})

it('so after an absence of up to 5,000 messages', () => {
  const missed = fc.integer({ min: 1, max: 5_000 })
  fc.assert(
    fc.property(missed, fc.array(step, { maxLength: 20 }), (count, steps) => {
      const talk = Array.from({ length: count }, (): Step => ({ do: 'say', own: false, names: false }))
      play([{ do: 'sleep', who: 0 }, { do: 'sleep', who: 1 }, ...talk, { do: 'wake', who: 0 }, ...steps])
    }),
    { numRuns: 20 },
  )
})
