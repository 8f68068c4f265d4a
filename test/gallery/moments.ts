// Months and days with more and fewer messages, for the gallery.
import type { DensityAnswer } from '../../server/protocol/moments.ts'

type Parts = DensityAnswer['parts']

export const months: Parts = Array.from({ length: 30 }, (_, index) => ({
  start: new Date(2024, 5 + index, 1).getTime(),
  seq: 1 + index * 1_600,
  count: index % 11 === 4 ? 0 : 200 + ((index * 7919) % 2_900),
}))

const days: Parts = Array.from({ length: 30 }, (_, index) => ({
  start: new Date(2026, 10, index + 1).getTime(),
  seq: 46_000 + index * 70,
  count: index > 18 || index % 7 === 0 ? 0 : (index * 37) % 90,
}))

export const loadDays = (): Promise<DensityAnswer> => Promise.resolve({ parts: days, head: 48_131 })
