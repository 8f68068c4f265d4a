// The client's own id of a request.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cidTime, isCid, newCid } from '../../server/protocol/cid.ts'

describe('a cid', () => {
  test('is a UUIDv7 that contains its time of creation, at any time of its 48 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (now) => {
        const cid = newCid(now)
        expect(isCid(cid)).toBe(true)
        expect(cidTime(cid)).toBe(now)
      }),
    )
  })

  test('is parsed as RFC 9562 shows it in its example', () => {
    const example = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    expect(isCid(example)).toBe(true)
    expect(cidTime(example)).toBe(Date.parse('2022-02-22T19:22:22Z'))
  })

  test('is created now if no time is given, also by a clock with fractions of milliseconds', () => {
    const before = Date.now()
    expect(cidTime(newCid())).toBeGreaterThanOrEqual(before)
    expect(cidTime(newCid(1_700_000_000_000.7))).toBe(1_700_000_000_000)
  })

  test('differs each time, within one millisecond too', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newCid(5))).size).toBe(1_000)
  })

  test.each([
    '',
    '017f22e2',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
    '017f22e2-79b0-4cc3-98c4-dc0c0c07398f',
    '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f',
    '017f22e279b07cc398c4dc0c0c07398f',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398g',
  ])('%j is not one', (text) => {
    expect(isCid(text)).toBe(false)
  })
})
