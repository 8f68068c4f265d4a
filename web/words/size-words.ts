// The size of a file in the current language. Apart from figures.ts, which the sign-in page has.
import { tag } from './figures.ts'

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** "2.4 MB": of 1,024 each, as limits are set. Three digits are enough to compare by. */
export function sizeWords(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log(bytes) / Math.log(1_024)))
  const size = bytes / 1_024 ** step
  return new Intl.NumberFormat(tag.value, {
    style: 'unit',
    unit: sizes[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || size >= 100 ? 0 : 1,
  })
    .format(size)
    .replace(/(\d)(?=\p{Script=Han})/u, '$1 ')
}
