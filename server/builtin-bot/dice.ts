// Dice notation: d20, 2d6, 3d6+2, d%. Pure except for the random source that is passed in.
import { limits } from '../protocol/limits.ts'

/** `sides` 1 is a plain number to add. */
interface Term {
  sign: 1 | -1
  count: number
  sides: number
}

export type DiceError = 'no_dice' | 'too_many_dice' | 'bad_sides' | 'too_long'

/** A whole number from 1 to `sides`, uniformly distributed. */
export type Chance = (sides: number) => number

const part = /^([+-]?)(?:(\d{0,4})d(\d{1,5}|%)|(\d{1,6}))/

/** Parses the dice of a text, or says what is wrong with it. An empty text is one six-sided die. */
export function parseDice(text: string): Term[] | DiceError {
  const { terms: maxTerms, dice, sides: maxSides } = limits.builtinBot.roll
  let rest = text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
  if (rest === '') rest = 'd6'
  const terms: Term[] = []
  while (rest !== '') {
    const found = part.exec(rest)
    if (found === null || (terms.length > 0 && found[1] === '')) return 'no_dice'
    const [whole, sign, count = '', sides, number] = found
    const term =
      number === undefined
        ? { count: count === '' ? 1 : Number(count), sides: sidesOf(sides) }
        : plain(number)
    terms.push({ sign: sign === '-' ? -1 : 1, ...term })
    if (terms.length > maxTerms) return 'too_long'
    rest = rest.slice(whole.length)
  }
  const thrown = terms.filter(({ sides }) => sides !== 1)
  if (thrown.length === 0) return 'no_dice'
  if (thrown.some(({ sides }) => sides < 2 || sides > maxSides)) return 'bad_sides'
  const total = thrown.reduce((sum, { count }) => sum + count, 0)
  return total > dice || thrown.some(({ count }) => count === 0) ? 'too_many_dice' : terms
}

const sidesOf = (text = ''): number => (text === '%' ? 100 : Number(text) === 1 ? 0 : Number(text))

/** A plain number is that many dice with one side. */
const plain = (text: string): { count: number; sides: number } => ({ count: Number(text), sides: 1 })

/** "3d6+2: 1 + 2 + 6 + 2 = 11". With many dice, only the sum. */
export function rollDice(terms: readonly Term[], chance: Chance): string {
  const shown: string[] = []
  let sum = 0
  for (const { sign, count, sides } of terms) {
    const thrown = sides === 1 ? [count] : Array.from({ length: count }, () => chance(sides))
    for (const value of thrown) shown.push(`${sign < 0 ? '-' : '+'} ${value}`)
    sum += sign * thrown.reduce((all, value) => all + value, 0)
  }
  const what = terms.map(nameOf).join('').replace(/^\+/, '')
  if (shown.length === 1 || shown.length > limits.builtinBot.roll.shown) return `${what}: ${sum}`
  return `${what}: ${shown.join(' ').replace(/^\+ /, '')} = ${sum}`
}

const nameOf = ({ sign, count, sides }: Term): string =>
  (sign < 0 ? '-' : '+') + (sides === 1 ? String(count) : `${count === 1 ? '' : count}d${sides}`)
