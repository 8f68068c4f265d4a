// What Redis sends is cut at the right places, wherever it arrives in pieces.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplyCutter, type RawEntry } from '../../server/redis/reply-cutter.ts'

type Kept = [id: string, fields: string[] | null]

const blob = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const list = (values: readonly string[]): string => `*${values.length}\r\n${values.join('')}`
const read = (key: string, entries: readonly Kept[], resp: 2 | 3): string => {
  const none = resp === 2 ? '*-1\r\n' : '_\r\n'
  const all = list(
    entries.map(([id, fields]) => list([blob(id), fields === null ? none : list(fields.map(blob))])),
  )
  return resp === 2 ? list([list([blob(key), all])]) : `%1\r\n${blob(key)}${all}`
}

/** What comes out of it: the bytes that are left, and the entries that were cut out. */
function cut(pieces: readonly Buffer[]): { left: string; reads: Kept[][] } {
  const reads: Kept[][] = []
  const cutter = new ReplyCutter((entries: RawEntry[]) => {
    reads.push(entries.map(({ id, fields }) => [id, fields === null ? null : [...fields]]))
    return `:${reads.length}\r\n`
  })
  const left = Buffer.concat(pieces.flatMap((piece) => cutter.cut(piece))).toString()
  return { left, reads }
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('\r\n', '*2\r\n$', 'seq', ''),
)
const id = fc.tuple(fc.nat(), fc.nat({ max: 20 })).map(([ms, n]) => `${ms}-${n}`)
const fields = fc
  .array(fc.tuple(fc.constantFrom('seq', 'e', 'a longer name'), text), { minLength: 1, maxLength: 4 })
  .map((pairs) => pairs.flat())
const entry = fc.tuple(id, fc.option(fields, { nil: null }))
const others = fc.oneof(
  fc.constantFrom(
    '+OK\r\n',
    '-ERR no\r\n',
    ':7\r\n',
    '$-1\r\n',
    '*-1\r\n',
    '*0\r\n',
    '_\r\n',
    '%0\r\n',
    '#t\r\n',
    ',1.5\r\n',
  ),
  text.map(blob),
  fc.array(text.map(blob), { maxLength: 3 }).map(list),
  // What begins as a read does, and is none.
  fc.constantFrom(
    `%1\r\n${blob('key')}:5\r\n`,
    `%1\r\n${blob('key')}*0\r\n`,
    `%1\r\n${blob('key')}${list([blob('a')])}`,
    list([list([blob('key'), ':5\r\n'])]),
    list([list([blob('1-0'), list([blob('seq'), blob('1')])])]),
    `%2\r\n${blob('a')}:1\r\n${blob('b')}${list([':1\r\n', '%1\r\n+x\r\n:2\r\n'])}`,
    `>2\r\n${blob('message')}${blob('hi')}`,
  ),
)
const key = fc.constantFrom('{brook:0}:log', 'k', 'ключ')

test('reads are cut out whole, and every other reply is left as it is, in whatever pieces they come', () => {
  const one = fc.oneof(
    others.map((sent) => ({ sent, entries: undefined })),
    fc
      .record({ key, entries: fc.array(entry, { minLength: 1, maxLength: 5 }), resp: fc.constantFrom(2, 3) })
      .map(({ key: of, entries, resp }) => ({ sent: read(of, entries, resp as 2 | 3), entries })),
  )
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), fc.array(fc.nat({ max: 60 })), (replies, lengths) => {
      const bytes = Buffer.from(replies.map(({ sent }) => sent).join(''))
      const pieces: Buffer[] = []
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const length = 1 + (lengths[i % Math.max(1, lengths.length)] ?? bytes.length)
        pieces.push(bytes.subarray(at, at + length))
        at += length
      }
      let reads = 0
      const left = replies.map(({ sent, entries }) => (entries === undefined ? sent : `:${(reads += 1)}\r\n`))
      expect(cut(pieces)).toEqual({
        left: left.join(''),
        reads: replies.flatMap(({ entries }) => (entries === undefined ? [] : [entries])),
      })
    }),
    { numRuns: 1_000 },
  )
})

test('a read that goes on in another form is an error', () => {
  const bytes = read(
    'key',
    [
      ['1-0', ['a', 'b']],
      ['2-0', null],
    ],
    3,
  ).replace('*2\r\n$1\r\na', '+2\r\n$1\r\na')
  expect(() => cut([Buffer.from(bytes)])).toThrow('another form')
})
