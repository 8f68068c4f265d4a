// Text that resembles a chat, the same for the same seed: words with Zipf frequencies, Latin ones made of syllables,
// Chinese ones of one to three characters, with realistic character frequencies.

/** A seeded source of numbers from 0 to 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const latinWords = 30_000
const chineseWords = 30_000
const characters = 3_500
const first = 0x4e00

/** Cumulative Zipf weights by rank. */
function zipf(size: number): Float64Array {
  const sums = new Float64Array(size)
  let sum = 0
  for (let rank = 0; rank < size; rank += 1) sums[rank] = sum += 1 / (rank + 2.7)
  return sums.map((value) => value / sum)
}

function rankOf(sums: Float64Array, at: number): number {
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 1) < at) low = middle + 1
    else high = middle
  }
  return low
}

const syllables = [
  'ba',
  'con',
  'de',
  'er',
  'fi',
  'gra',
  'in',
  'ka',
  'lo',
  'ment',
  'no',
  'pre',
  'ri',
  'sta',
  'tion',
  'ver',
]

/** The n-th word of the language: short ones are common. */
function latin(rank: number): string {
  let word = ''
  for (let left = rank + 1; left > 0; left = Math.floor(left / syllables.length))
    word += syllables[left % syllables.length] ?? ''
  return word
}

interface Saying {
  /** The next message. */
  (chinese: boolean): string
  /** A word whose rank is in this range; Chinese ones have two characters. */
  word: (from: number, to: number, chinese: boolean) => string
  character: (from: number, to: number) => string
}

export function chance(seed: number): Saying {
  const next = numbers(seed)
  const language = numbers(1)
  const chars = zipf(characters)
  const char = (rank: number): string => String.fromCharCode(first + rank * 5)
  const chinese = Array.from({ length: chineseWords }, (_, rank) => {
    const length = rank < 30 ? 1 : language() < 0.75 ? 2 : 3
    return Array.from({ length }, () => char(rankOf(chars, language()))).join('')
  })
  const words = zipf(latinWords)
  const say = (isChinese: boolean): string => {
    const count = 2 + Math.floor(next() * next() * 30)
    const said = Array.from({ length: count }, () => {
      const rank = rankOf(words, next())
      return isChinese ? (chinese[rank] ?? '') : latin(rank)
    })
    if (!isChinese) return `${said.join(' ')}.`
    return `${said.join('')}${next() < 0.1 ? ' Redis7' : ''}。`
  }
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from))
  return Object.assign(say, {
    word: (from: number, to: number, isChinese: boolean): string => {
      if (!isChinese) return latin(between(from, to))
      for (let rank = between(from, to); ; rank = (rank + 1) % chineseWords) {
        const word = chinese[rank] ?? ''
        if (word.length === 2) return word
      }
    },
    character: (from: number, to: number): string => char(between(from, to)),
  })
}
