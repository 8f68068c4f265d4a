// The text form of a bot's cursor: any cursor comes back as it was, and nothing else is accepted.
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCursor, furthest, noCursor, parseCursor, type Cursor } from '../../server/bot/cursor.ts'
import { limits } from '../../server/protocol/limits.ts'

const place = fc.nat(1_000_000)
const rooms = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }).map(String), place), {
  selector: ([room]) => room,
  maxLength: 20,
})
const cursors = fc.record({
  epoch: fc.constantFrom('', 'abc', 'x-Y_9'),
  at: fc.nat(2_000_000_000),
  places: rooms.map((all) => new Map(all)),
})

test('every cursor is read as it was written', () => {
  fc.assert(
    fc.property(cursors, (cursor) => {
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor)
    }),
  )
})

test('a cursor of an earlier version is read', () => {
  const word = `c1.${deflateRawSync('e;1;7:90b,8:2').toString('base64url')}`
  expect(parseCursor(word)?.places).toEqual(
    new Map([
      ['7', 90],
      ['8', 2],
    ]),
  )
})

test('a cursor over the maximum of rooms fits where it is sent', () => {
  const places = new Map(
    Array.from({ length: limits.roomsPerPerson }, (_, i) => [
      String(1_000_000 + i * 977),
      (i * 7_919_113) % 90_000_000,
    ]),
  )
  expect(formatCursor({ epoch: 'e', at: 1, places }).length).toBeLessThan(limits.bots.cursorChars)
})

test('anything else is rejected, whatever it is', () => {
  const packed = (text: string) => `c1.${deflateRawSync(text).toString('base64url')}`
  for (const word of [
    '',
    'c1',
    'c1.',
    'c1.!!',
    'c2.AAAA',
    packed(''),
    packed('e;1'),
    packed('e;x;1:2'),
    packed('e;1;0:2'),
    packed('e;1;1:2;'),
    packed('e;1;1:99999999999999999'),
    packed('e;1;1:9999999999999999'),
    packed('é;1;'),
    packed(`e;1;${'1:1,'.repeat(20_000)}`),
  ])
    expect(parseCursor(word), word.slice(0, 40)).toBeUndefined()
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseCursor(`c1.${text}`)).toBeUndefined()
    }),
  )
})

test('of two acknowledgements the further position counts in each room, in whatever order they come', () => {
  fc.assert(
    fc.property(cursors, cursors, (one, other) => {
      const [a, b]: [Cursor, Cursor] = [one, { ...other, epoch: one.epoch, at: one.at + 1 }]
      const both = furthest(a, b)
      expect(furthest(b, a)).toEqual(both)
      for (const room of new Set([...a.places.keys(), ...b.places.keys()]))
        expect(both.places.get(room)).toBe(Math.max(a.places.get(room) ?? 0, b.places.get(room) ?? 0))
    }),
  )
})

test('a cursor of a later epoch counts alone: numbers of the old one may mean something else', () => {
  const old = { epoch: 'a', at: 1, places: new Map([['7', 90]]) }
  const fresh = { epoch: 'b', at: 2, places: new Map([['7', 50]]) }
  expect(furthest(old, fresh)).toEqual(fresh)
  expect(furthest(fresh, old)).toEqual(fresh)
  expect(furthest(noCursor, fresh)).toEqual(fresh)
})
