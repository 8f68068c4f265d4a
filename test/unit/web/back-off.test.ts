import fc from 'fast-check'
import { expect, it } from 'vitest'
import { waitMs } from '../../../web/wire/back-off.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

it('a wait is random from zero to a bound that doubles from half a second to 20 seconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), share, (failures, random) => {
      const bound = Math.min(20_000, 500 * 2 ** (failures - 1))
      expect(waitMs(failures, () => random)).toBeCloseTo(random * bound)
    }),
  )
})

it('a thousand browsers cut at once return spread over the whole bound', () => {
  const waits = Array.from({ length: 1_000 }, () => waitMs(4))
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const there = waits.filter((wait) => wait >= quarter * 1_000 && wait < (quarter + 1) * 1_000)
    expect(there.length).toBeGreaterThan(150)
  }
})
