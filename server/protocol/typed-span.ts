// A span of time at the beginning of a text, as people type it in English and Chinese: "10m tea", "1h30m", "2 小时后 喝茶". Pure.

const second = 1_000
const units: [words: string, ms: number][] = [
  ['seconds|second|secs|sec|s|秒钟|秒', second],
  ['minutes|minute|mins|min|m|分钟|分', 60 * second],
  ['hours|hour|hrs|hr|h|个小时|小时|个钟头|钟头', 3_600 * second],
  ['days|day|d|天|日', 86_400 * second],
]
const all = units.map(([words]) => words).join('|')
/** A Latin unit ends where its letters end: "10 monkeys" is not a time. */
const span = new RegExp(`^(\\d{1,7}(?:\\.\\d{1,2})?)\\s*(${all})(?![a-z])\\s*`, 'i')

/** It begins like a span, whatever it comes to. */
export const beginsSpan = (text: string): boolean => span.test(text.trim())

/** `ms`: 0: there is none. `rest`: what follows. */
export function typedSpan(text: string): { ms: number; rest: string } {
  let rest = text.trim()
  let [ms, last] = [0, Infinity]
  for (;;) {
    // Full-width digits count as digits; the text itself stays as written.
    const found = span.exec(rest.replace(/[０-９]/g, (figure) => figure.normalize('NFKC')))
    const unit = unitMs(found?.[2] ?? '')
    // Units must decrease: in "30s 10m is too long" the second one belongs to the text.
    if (found === null || unit >= last) return { ms, rest }
    last = unit
    ms += Number(found[1]) * unit
    rest = rest.slice(found[0].length)
  }
}

const unitMs = (word: string): number =>
  units.find(([words]) => words.split('|').includes(word.toLowerCase()))?.[1] ?? 0
