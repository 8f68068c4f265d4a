// The place that files take before they are there: what CSS draws and what the list estimates are one calculation.
import { describe, expect, test } from 'vitest'
import type { FileRef } from '../../../server/protocol/files.ts'
import { partsOfName } from '../../../web/files/file-name.ts'
import {
  boxOf,
  filesHeight,
  gridOf,
  partGap,
  partsOf,
  placeOf,
  styleOf,
} from '../../../web/files/showing/layout.ts'
import { decode, piecesOf } from '../../../web/files/showing/text-of-file.ts'
import { barsOf } from '../../../web/files/showing/waveform.ts'

let last = 0
const file = (kind: FileRef['kind'], more: Partial<FileRef> = {}): FileRef => ({
  id: String((last += 1)),
  name: 'file',
  kind,
  type: 'application/octet-stream',
  size: 5_000,
  ...more,
})
const picture = (width: number, height: number) => file('image', { width, height })

describe('one picture', () => {
  test('is as large as it is, at most the column, and never too small to press', () => {
    expect(boxOf({ width: 4000, height: 3000 })).toEqual({ width: 453, height: 340 })
    expect(boxOf({ width: 200, height: 100 })).toEqual({ width: 200, height: 100 })
    expect(boxOf({ width: 16, height: 16 })).toEqual({ width: 96, height: 48 })
    expect(boxOf({ width: 400, height: 8000 })).toEqual({ width: 96, height: 340 })
    expect(boxOf({ width: 20_000, height: 100 })).toEqual({ width: 460, height: 48 })
  })
})

describe('several pictures', () => {
  test('two to ten fill whole rows', () => {
    for (let count = 2; count <= 10; count += 1) {
      const { cells, shares, columns, height } = gridOf(count)
      expect([cells.length, shares.length]).toEqual([count, count])
      expect(height).toBeGreaterThan(100)
      if (count === 3) continue
      const spans = cells.map(({ gridColumn = '' }) => Number(gridColumn.split(' ')[1]))
      expect(spans.reduce((sum, one) => sum + one) % 12, `${count} in ${columns}`).toBe(0)
    }
  })

  test('those that follow one another are one part, and the order stays', () => {
    const parts = partsOf([picture(1, 1), picture(1, 1), file('pdf'), picture(1, 1)])
    expect(parts.map((part) => (part.is === 'pictures' ? part.files.length : part.file.kind))).toEqual([
      2,
      'pdf',
      1,
    ])
  })
})

test('the estimate is what the styles draw, in a column of any width', () => {
  const files = [picture(900, 600), file('pdf'), file('voice'), file('text'), file('other'), picture(50, 50)]
  const drawn = (width: number) =>
    partsOf(files).reduce((sum, part) => {
      const style = styleOf(part)
      const wide = Math.min(width, placeOf(part).width)
      const [w = 1, h = 1] = (style['aspectRatio'] ?? '').split('/').map(Number)
      const high = style['minHeight'] === undefined ? (wide * h) / w : Number.parseFloat(style['minHeight'])
      return sum + high + partGap
    }, 0)
  for (const width of [240, 306, 460, 900]) expect(filesHeight(files, width)).toBeCloseTo(drawn(width), 6)
})

test('a name keeps its ending when it is cut', () => {
  expect(partsOfName('the annual report of 2026.pdf').join('|')).toBe('the annual report of 2|026.pdf')
  expect(partsOfName('a.pdf')).toEqual(['a.pdf', ''])
  expect(partsOfName('灌溉计划二零二六年春季版本.docx').join('')).toBe('灌溉计划二零二六年春季版本.docx')
  expect(partsOfName('no-ending-at-all-in-this-name')[1]).toBe('ame')
})

describe('a text', () => {
  const bytes = (...all: number[]) => Uint8Array.from(all)
  test('is read in UTF-8, GB 18030 and UTF-16', () => {
    expect(decode(new TextEncoder().encode('花园 é'), false)).toBe('花园 é')
    expect(decode(bytes(0xbb, 0xa8, 0xd4, 0xb0), false)).toBe('花园')
    expect(decode(bytes(0xff, 0xfe, 0x61, 0x00), false)).toBe('a')
  })

  test('that ends within a character is read up to it', () => {
    expect(decode(new TextEncoder().encode('花园').slice(0, 5), true)).toBe('花')
  })

  test('is cut between lines for the highlighter, and nothing is lost', () => {
    const lines = Array.from({ length: 40 }, (_, n) => 'x'.repeat(n))
    const pieces = piecesOf(lines, 100)
    expect(pieces.join('')).toBe(`${lines.join('\n')}\n`)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(100)
  })
})

test('a voice message has as many bars whatever it says of itself', () => {
  const loud = btoa(String.fromCharCode(...Array.from({ length: 64 }, (_, n) => n * 4)))
  const bars = barsOf(loud)
  expect(bars).toHaveLength(44)
  expect(bars[0]).toBeLessThan(bars.at(-1) ?? 0)
  expect(new Set(barsOf(undefined)).size).toBe(1)
  expect(barsOf('not base64!')).toHaveLength(44)
})
