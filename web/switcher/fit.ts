// How well a name matches the typed text, and which of its letters match: the whole name, its beginning, the beginning
// of a word, inside a word, the initials of its words, or letter by letter. In any script. Pure.

export interface Fit {
  /** Higher is better; comparable between names for the same text. */
  score: number
  /** The matching parts of the name, ascending and disjoint. */
  marks: readonly Mark[]
}
export type Mark = readonly [from: number, to: number]

const scores = { whole: 100, begins: 80, wordBegins: 60, inside: 40, initials: 30, scattered: 10 } as const
/** A longer name matches a little less well. */
const lengthPenalty = (letters: number): number => Math.min(9, letters / 8)

/** A letter as it is compared, and its position in the name. */
interface Letter {
  folded: string
  at: number
  length: number
  beginsWord: boolean
}

const isWordLetter = /[\p{L}\p{N}\p{M}]/u
const isUpper = /\p{Lu}/u
/** Scripts whose accents people leave out; elsewhere a mark is a letter. */
const losesAccents = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Inherited}]/u

function foldLetter(letter: string): string {
  const bare = losesAccents.test(letter) ? letter.normalize('NFKD').replace(/\p{M}/gu, '') : letter
  return bare
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
}

/** The same names are looked at with every key; some thousands of them are all that anybody has. */
const remembered = new Map<string, Letter[]>()
const rememberMost = 5_000

function lettersOf(name: string): Letter[] {
  const known = remembered.get(name)
  if (known !== undefined) return known
  if (remembered.size >= rememberMost) remembered.clear()
  const letters = foldedLetters(name)
  remembered.set(name, letters)
  return letters
}

function foldedLetters(name: string): Letter[] {
  const letters: Letter[] = []
  let at = 0
  let before = ''
  for (const letter of name) {
    const isCapital = isUpper.test(letter) && !isUpper.test(before)
    const beginsWord = isWordLetter.test(letter) && (!isWordLetter.test(before) || isCapital)
    for (const folded of foldLetter(letter)) letters.push({ folded, at, length: letter.length, beginsWord })
    at += letter.length
    before = letter
  }
  return letters
}

const folded = (text: string): string[] => [...text].flatMap((one) => [...foldLetter(one)])

/** What is typed, as it is compared; the same for all names that are looked at. */
interface Typed {
  typed: string
  wanted: string[][]
  whole: string[]
}
let last: Typed | undefined

function lettersTyped(typed: string): Typed {
  const text = typed.normalize('NFC')
  const wanted = text.split(/\s+/u).map(folded)
  return { typed, wanted: wanted.filter((word) => word.length > 0), whole: folded(text.trim()) }
}

/** Undefined: no match. An empty text matches everything. Each of several words must match. */
export function fit(name: string, typed: string): Fit | undefined {
  if (last?.typed !== typed) last = lettersTyped(typed)
  const { wanted, whole } = last
  if (wanted.length === 0) return { score: 0, marks: [] }
  const letters = lettersOf(name.normalize('NFC'))
  const found = fitWord(letters, whole) ?? fitWords(letters, wanted)
  if (found === undefined) return undefined
  return { score: found.score - lengthPenalty(letters.length), marks: marksOf(letters, found.places) }
}

interface Found {
  score: number
  /** The positions of the matching letters, ascending. */
  places: number[]
}

function fitWords(letters: Letter[], words: string[][]): Found | undefined {
  if (words.length < 2) return undefined
  const found = words.map((word) => fitWord(letters, word))
  if (!found.every((one) => one !== undefined)) return undefined
  const places = [...new Set(found.flatMap((one) => one.places))].sort((a, b) => a - b)
  return { score: found.reduce((sum, { score }) => sum + score, 0) / words.length - 1, places }
}

function fitWord(letters: Letter[], word: string[]): Found | undefined {
  return together(letters, word) ?? initials(letters, word) ?? scattered(letters, word)
}

/** The letters of the word one after the other: at the best position there is. */
function together(letters: Letter[], word: string[]): Found | undefined {
  let best: Found | undefined
  for (let start = 0; start + word.length <= letters.length; start += 1) {
    if (!word.every((letter, n) => letters[start + n]?.folded === letter)) continue
    const isWhole = start === 0 && word.length === letters.length
    const inner = letters[start]?.beginsWord === true ? scores.wordBegins : scores.inside
    const score = isWhole ? scores.whole : start === 0 ? scores.begins : inner
    if (best === undefined || score > best.score)
      best = { score, places: word.map((_letter, n) => start + n) }
  }
  return best
}

/** The first letters of words, in order. */
function initials(letters: Letter[], word: string[]): Found | undefined {
  if (word.length < 2) return undefined
  return inOrder(letters, word, ({ beginsWord }) => beginsWord, scores.initials)
}

/** In order, with others between them; the first must begin a word, or nearly everything would match. */
function scattered(letters: Letter[], word: string[]): Found | undefined {
  if (word.length < 2) return undefined
  return inOrder(letters, word, ({ beginsWord }, n) => n > 0 || beginsWord, scores.scattered)
}

function inOrder(
  letters: Letter[],
  word: string[],
  may: (letter: Letter, n: number) => boolean,
  score: number,
): Found | undefined {
  const places: number[] = []
  for (let at = 0; at < letters.length && places.length < word.length; at += 1) {
    const letter = letters[at]
    if (letter?.folded === word[places.length] && letter && may(letter, places.length)) places.push(at)
  }
  return places.length === word.length ? { score, places } : undefined
}

function marksOf(letters: Letter[], places: number[]): Mark[] {
  const marks: [number, number][] = []
  for (const place of places) {
    const { at = 0, length = 0 } = letters[place] ?? {}
    const last = marks.at(-1)
    if (last !== undefined && at <= last[1]) last[1] = Math.max(last[1], at + length)
    else marks.push([at, at + length])
  }
  return marks
}
