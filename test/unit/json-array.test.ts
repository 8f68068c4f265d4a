// A JSON array read object by object, even if it is broken.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { elements, type Element } from '../../server/import/slack/json-array.ts'

/** The text cut into pieces of `size` bytes, as a stream would deliver it. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size = 7, max?: number): Promise<Element[]> {
  const found: Element[] = []
  for await (const one of elements(pieces(text, size), max)) found.push(one)
  return found
}

const values = (found: Element[]) => found.flatMap(({ value }) => (value === undefined ? [] : [value]))
const broken = (found: Element[]) => found.filter((one) => one.broken !== undefined)

const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 4 }), {
  maxLength: 8,
})

test('valid objects are read as JSON has them, however they are written and cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      objects,
      fc.constantFrom(undefined, 2, 4, '\t'),
      fc.integer({ min: 1, max: 40 }),
      async (list, indent, size) => {
        const found = await read(JSON.stringify(list, null, indent), size)
        expect(broken(found)).toEqual([])
        expect(values(found)).toEqual(JSON.parse(JSON.stringify(list)))
        expect(found.map(({ index }) => index)).toEqual([...found.keys()])
      },
    ),
  )
})

const said = (n: number) => ({
  type: 'message',
  text: `"{[你好 ${n}`,
  user: { id: `U${n}`, list: [{ a: n }] },
})
const pretty = (list: unknown[]) => JSON.stringify(list, null, 4)

test.each([
  ['a quote is missing', (text: string) => text.replace('"U2"', '"U2'), 'does not end on its line'],
  [
    'a brace is missing',
    (text: string) => text.replace(/("U2"[^}]*\}[^}]*\}[^}]*)\}/, '$1'),
    'is not closed',
  ],
  ['a comma is missing', (text: string) => text.replace(/("id": "U2"),/, '$1'), 'it is not JSON'],
  ['it is cut off', (text: string) => text.replace(/"U2"[^]*?\n {4}\},/, '"U2'), 'does not end on its line'],
])('with %s, one object is reported with its line, and the others are complete', async (_what, harm, why) => {
  const whole = pretty([said(1), said(2), said(3)])
  const harmed = harm(whole)
  expect(harmed).not.toBe(whole)
  for (const size of [1, 10, 10_000]) {
    const found = await read(harmed, size)
    expect(values(found)).toEqual([said(1), said(3)])
    expect(broken(found)).toEqual([{ index: 1, line: 14, broken: expect.stringContaining(why) }])
  }
})

test('what is not an object is reported; what comes after it is read', async () => {
  const found = await read('[{"a":1}, null, "text", 7,\n{"b":2}, nonsense]')
  expect(values(found)).toEqual([{ a: 1 }, { b: 2 }])
  expect(broken(found).map(({ index, line }) => [index, line])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [5, 2],
  ])
})

test('an object that is too large is reported, is not kept, and the next one is read', async () => {
  const found = await read(pretty([{ a: 1 }, { text: 'x'.repeat(5_000) }, { b: 2 }]), 100, 1_000)
  expect(values(found)).toEqual([{ a: 1 }, { b: 2 }])
  expect(broken(found)).toEqual([{ index: 1, line: 5, broken: 'it has more than 1000 characters' }])
})

test.each(['', '[]', '  [ ] \n', '\ufeff[]'])('%j has no objects', async (text) => {
  expect(await read(text)).toEqual([])
})

test('a file that ends in the middle is reported', async () => {
  expect(await read('[{"a": 1}, {"b": [')).toEqual([
    { index: 0, line: 1, value: { a: 1 } },
    { index: 1, line: 1, broken: 'it is not closed' },
  ])
})
