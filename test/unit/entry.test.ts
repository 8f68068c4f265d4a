// How an entry is stored in the stream, and what is not an entry of ours.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeEntry } from '../../server/log/decode.ts'
import {
  BadEntry,
  compareIds,
  formatStreamId,
  parseStreamId,
  type Draft,
  type DraftBody,
} from '../../server/log/entry.ts'
import { packDraft } from '../../server/log/packed.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Notice } from '../../server/protocol/events.ts'
import { ann, bob } from '../support/entries.ts'
import { flatFields } from '../support/flat-entry.ts'

const cid = '0190a1b2-c3d4-7e5f-8a6b-0123456789ab'
const said: Draft = { room: '7', user: ann, cid, body: { type: 'message', text: 'hi' } }

/** How an entry is stored in the stream: the current form, and the one before it. */
interface Form {
  form: string
  fieldsOf: (draft: Draft, seq?: number | string) => string[]
  /** The fields of `said`, some with another value or (undefined) removed; the body as JSON. */
  fieldsWith: (changes: Record<string, string | undefined>) => string[]
}

const packed: Form = {
  form: 'packed',
  fieldsOf: (draft, seq = 5) => ['seq', String(seq), 'e', packDraft(draft)],
  fieldsWith: (changes) => {
    const parts = { body: '{"text":"hi"}', room: '7', type: 'message', user: ann.id, name: ann.name, cid }
    const text = (name: string, value: string | undefined): string =>
      value === undefined ? 'null' : name === 'body' ? value : JSON.stringify(value)
    const { seq, ...all } = { ...parts, seq: '5', ...changes }
    const e = Object.entries(all).map(([name, value]) => text(name, value))
    return [...(seq === undefined ? [] : ['seq', seq]), 'e', `[${e.join(',')}]`]
  },
}
const flat: Form = {
  form: 'flat',
  fieldsOf: (draft, seq = 5) => [...flatFields(draft), 'seq', String(seq)],
  fieldsWith: (changes) => {
    const fields = flat.fieldsOf(said)
    const map = new Map<string, string | undefined>()
    for (let i = 0; i < fields.length; i += 2) map.set(fields[i] as string, fields[i + 1])
    for (const [name, value] of Object.entries(changes)) map.set(name, value)
    return [...map].flatMap(([name, value]) => (value === undefined ? [] : [name, value]))
  },
}
const forms = [packed, flat]

describe.each(forms)('an entry, $form,', ({ form, fieldsOf, fieldsWith }) => {
  test('is its draft with a number, a place and a time', () => {
    const draft: Draft = { ...said, body: { type: 'message', text: 'hi', replyTo: 3 } }
    expect(decodeEntry('1700000000000-2', fieldsOf(draft))).toStrictEqual({
      id: { ms: 1_700_000_000_000, n: 2 },
      room: '7',
      seq: 5,
      cid,
      event: {
        type: 'message',
        room: '7',
        seq: 5,
        cid,
        user: ann,
        text: 'hi',
        at: 1_700_000_000_000,
        replyTo: 3,
      },
    })
  })

  test("names its thread's root, which came before it", () => {
    const event = (body: object, seq = 9) =>
      decodeEntry('1-0', fieldsOf({ ...said, body: { type: 'message', text: 'hi', ...body } }, seq)).event
    expect(event({ thread: 3, alsoInRoom: true })).toMatchObject({ thread: 3, alsoInRoom: true })
    for (const thread of [9, 10, 0, -1, 1.5, '3']) expect(event({ thread })).not.toHaveProperty('thread')
    expect(event({ alsoInRoom: true })).not.toHaveProperty('alsoInRoom')
  })

  test('that answers nothing has no replyTo', () => {
    expect(decodeEntry('1-0', fieldsOf(said)).event).not.toHaveProperty('replyTo')
  })

  test('of a bot says so, and has its icon', () => {
    const user = { ...ann, bot: true, icon: '🤖' } as const
    expect(decodeEntry('9-0', fieldsOf({ ...said, user })).event).toMatchObject({ user })
    expect(decodeEntry('9-0', fieldsOf(said)).event).toMatchObject({ user: ann })
  })

  test('that was posted elsewhere keeps that time, and its place in the log', () => {
    const body = { type: 'message', text: 'hi', at: 5_000, editedAt: 6_000 } as const
    const entry = decodeEntry('9000-1', fieldsOf({ ...said, body }))
    expect(entry.id).toStrictEqual({ ms: 9_000, n: 1 })
    expect(entry.event).toMatchObject({ at: 5_000, editedAt: 6_000 })
  })

  test.each<DraftBody>([
    { type: 'edited', target: 3, text: 'better' },
    { type: 'deleted', target: 3 },
    { type: 'reacted', target: 3, emoji: '👍🏽', on: true },
    { type: 'reacted', target: 3, emoji: '👍🏽', on: false },
    { type: 'pinned', target: 3, on: true },
    { type: 'pinned', target: 3, on: false },
  ])('that is $type comes back as it was', (body) => {
    const { event } = decodeEntry('9-0', fieldsOf({ ...said, body }))
    expect(event).toStrictEqual({ room: '7', seq: 5, cid, user: ann, at: 9, ...body })
  })

  test.each(['edited', 'deleted', 'reacted', 'pinned'])(
    'that is %s without a target or its text is not one',
    (type) => {
      for (const body of ['{}', '{"target":0}', '{"target":"3"}', '{"target":1.5}'])
        expect(() => decodeEntry('9-0', fieldsWith({ type, body }))).toThrow(BadEntry)
      if (type !== 'deleted')
        expect(() => decodeEntry('9-0', fieldsWith({ type, body: '{"target":3}' }))).toThrow(BadEntry)
    },
  )

  test.each<Notice>([
    { kind: 'created' },
    { kind: 'joined' },
    { kind: 'left' },
    { kind: 'added', person: bob },
    { kind: 'topic', topic: '' },
    { kind: 'removed', person: bob },
    { kind: 'role', person: bob, role: 'moderator' },
    { kind: 'revisions', revisions: 'nobody' },
  ])('of the notice $kind comes back as it was', (notice) => {
    const { event } = decodeEntry('9-0', fieldsOf({ ...said, body: { type: 'notice', notice } }))
    expect(event).toStrictEqual({ type: 'notice', room: '7', seq: 5, user: ann, at: 9, notice })
  })

  test.each(['sealed', 'Edited', '', '__proto__'])('of the unknown type "%s" keeps its number', (type) => {
    for (const body of form === 'flat' ? ['anything', '[1]'] : ['"anything"', '[1]']) {
      const { seq, event } = decodeEntry('9-0', fieldsWith({ type, body, user: undefined, name: undefined }))
      expect(seq).toBe(5)
      expect(event).toStrictEqual({ type: 'unknown', room: '7', seq: 5, at: 9 })
    }
  })

  test('is read whatever the order of its fields, and whatever else it has', () => {
    const fields = fieldsOf(said)
    const turned = Array.from({ length: fields.length / 2 }, (_, i) =>
      fields.slice(-2 * (i + 1), fields.length - 2 * i),
    ).flat()
    expect(decodeEntry('9-0', ['colour', 'red', ...turned, 'odd'])).toEqual(decodeEntry('9-0', fields))
  })
})

test.each(forms)('whatever is posted comes out of the log as it went in, $form', ({ fieldsOf }) => {
  const hard = fc.constantFrom(
    ...['👩‍👩‍👧', '👋🏽', '🇨🇭', 'שלום', '\u202eabc\u202c', '\u200f', 'e\u0301', 'é', 'ﷺ', '你好', 'ꙮ'],
    ...['"', '\\', '\n', '\r\n', '\t', '\u2028', '\ufeff', '\u0001', '{"seq":9}', 'seq', '__proto__'],
  )
  const text = fc
    .array(fc.oneof(hard, fc.string({ unit: 'grapheme-composite' })), { maxLength: 8 })
    .map((parts) => parts.join(''))
  const ids = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)
  const person = fc.tuple(ids, text).map(([id, name]) => ({ id, name }))
  const notice = fc.oneof(
    fc.constantFrom<Notice>({ kind: 'created' }, { kind: 'joined' }, { kind: 'left' }),
    person.map((someone): Notice => ({ kind: 'added', person: someone })),
    text.map((topic): Notice => ({ kind: 'topic', topic })),
  )
  const seqs = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  const body: fc.Arbitrary<DraftBody> = fc.oneof(
    fc.record(
      { type: fc.constant('message' as const), text, replyTo: seqs },
      { requiredKeys: ['type', 'text'] },
    ),
    fc.record({ type: fc.constant('notice' as const), notice }),
  )
  const id = fc.tuple(fc.nat({ max: 2 ** 47 }), fc.nat()).map(([ms, n]) => ({ ms, n }))
  fc.assert(
    fc.property(person, body, seqs, id, (user, said, seq, place) => {
      const draft: Draft = { room: user.id, user, cid: newCid(place.ms), body: said }
      const fields = fieldsOf(draft, seq)
      // Redis stores bytes: malformed text would not survive it.
      const kept = fields.map((field) => Buffer.from(field).toString())
      const entry = decodeEntry(formatStreamId(place), kept)
      expect(entry).toMatchObject({ id: place, room: user.id, seq, cid: draft.cid })
      const { type, ...rest } = said
      expect(entry.event).toStrictEqual({
        type,
        room: user.id,
        seq,
        user,
        at: place.ms,
        ...(type === 'message' ? { cid: draft.cid } : {}),
        ...rest,
      })
    }),
  )
})

test.each(forms)('a notice of an unknown kind is kept as it is, $form', ({ fieldsWith }) => {
  const body = JSON.stringify({ notice: { kind: 'renamed', from: 'a' } })
  const { event } = decodeEntry('9-0', fieldsWith({ type: 'notice', body }))
  expect(event).toMatchObject({ type: 'notice', notice: { kind: 'renamed', from: 'a' } })
})

describe.each(forms)('not an entry of ours, $form,', ({ fieldsWith }) => {
  test.each(['room', 'seq', 'type', 'cid', 'user', 'name', 'body'])('has no %s', (name) => {
    expect(() => decodeEntry('9-0', fieldsWith({ [name]: undefined }))).toThrow(BadEntry)
    expect(() => decodeEntry('9-0', fieldsWith({ [name]: undefined }))).toThrow(`entry 9-0 has no ${name}`)
  })

  test('has no fields at all', () => {
    expect(() => decodeEntry('9-0', [])).toThrow(BadEntry)
  })

  const notice = (body: unknown) => ({ type: 'notice', body: JSON.stringify(body) })
  test.each<[string, Record<string, string>]>([
    ['a room that is no number', { room: 'lobby' }],
    ['room 0', { room: '0' }],
    ['a room longer than any number of MySQL', { room: '1'.repeat(20) }],
    ['a seq that is no number', { seq: 'x' }],
    ['seq 0', { seq: '0' }],
    ['an empty seq', { seq: '' }],
    ['a negative seq', { seq: '-1' }],
    ['half a seq', { seq: '1.5' }],
    ['a seq beyond what JavaScript can count', { seq: '9007199254740993' }],
    ['a cid that is no UUIDv7, which MySQL would take for another', { cid: 'c0ffee' }],
    ['a body that is no JSON', { body: '{"text":' }],
    ['a body that is a text', { body: '"hi"' }],
    ['a body that is null', { body: 'null' }],
    ['a body without text', { body: '{}' }],
    ['a body with a text that is none', { body: '{"text":7}' }],
    ['a body that is an array', { body: '["hi"]' }],
    ['a notice of nothing', notice({})],
    ['a notice that is null', notice({ notice: null })],
    ['a notice that is a text', notice({ notice: 'joined' })],
    ['a notice without a kind', notice({ notice: { person: bob } })],
    ['somebody added who is nobody', notice({ notice: { kind: 'added' } })],
    ['somebody added without an id', notice({ notice: { kind: 'added', person: { name: 'Bob' } } })],
    ['a topic that is none', notice({ notice: { kind: 'topic', topic: 7 } })],
  ])('has %s', (_what, changes) => {
    expect(() => decodeEntry('9-0', fieldsWith(changes))).toThrow(BadEntry)
  })

  test('is reported by its place in the stream', () => {
    expect(() => decodeEntry('1700000000000-2', fieldsWith({ body: '' }))).toThrow('1700000000000-2')
  })
})

test('an entry that is packed badly is not one of ours', () => {
  for (const e of ['', '{', 'null', '"hi"', '{"room":"7"}', '7'])
    expect(() => decodeEntry('9-0', ['seq', '5', 'e', e])).toThrow('entry 9-0 has a bad e')
})

test('a packed entry may have more fields than this version knows', () => {
  const icon = { ...ann, icon: 'A' }
  const e = packDraft({ ...said, user: icon }).replace(/\]$/, ',{"later":1}]')
  expect(decodeEntry('9-0', ['seq', '5', 'e', e]).event).toMatchObject({ user: icon, text: 'hi' })
})

describe('a stream id', () => {
  test('is milliseconds and a number within them', () => {
    expect(parseStreamId('1700000000000-12')).toEqual({ ms: 1_700_000_000_000, n: 12 })
    expect(parseStreamId('1700000000000')).toEqual({ ms: 1_700_000_000_000, n: 0 })
    expect(formatStreamId({ ms: 1_700_000_000_000, n: 12 })).toBe('1700000000000-12')
  })

  test('is older by its milliseconds first, by numbers and not by text', () => {
    const order = ['0-0', '9-1', '9-2', '9-10', '10-0', '1700000000000-0', '1700000000000-1'].map(
      parseStreamId,
    )
    expect([...order].reverse().sort(compareIds)).toEqual(order)
    expect(compareIds({ ms: 9, n: 9 }, { ms: 9, n: 9 })).toBe(0)
  })
})
