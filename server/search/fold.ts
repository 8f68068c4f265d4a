// A text as search reads it: case, accents, width and compatibility forms do not tell words apart. Every place in it
// knows where it came from, so that what is found can be marked in the text itself. Pure.

export interface Folded {
  text: string
  /** For each unit of `text`, and for its end, the unit of the original it came from. */
  from: number[]
  /** 1 where a word may begin or end: before each unit, and after the last. */
  edge: Uint8Array
  /** What each unit is part of. */
  kind: Uint8Array
}

export const other = 0
export const lower = 1
export const upper = 2
export const digit = 3
export const joiner = 4
/** A character of a script that is written without spaces: a word of its own, and of two with its neighbour. */
export const spaceless = 5
export const picture = 6

interface FoldedChar {
  text: string
  kind: number
}

/** Emoji without what colours or joins them: the parts of a family are found one by one. */
const pictures = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator})$/u
const dropped = /^(?:\p{Default_Ignorable_Code_Point}|\p{Emoji_Modifier}|[\u0300-\u036f])$/u
const withoutSpaces =
  /^(?:\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Bopomofo}|\p{sc=Hangul}|\p{sc=Thai}|\p{sc=Lao}|\p{sc=Khmer}|\p{sc=Myanmar}|ー)/u

/** What has been folded: a chat has a few thousand different characters. */
const known = new Map<number, FoldedChar>()
const knownMost = 20_000

function foldChar(codePoint: number): FoldedChar {
  const found = known.get(codePoint)
  if (found !== undefined) return found
  const made = makeChar(String.fromCodePoint(codePoint))
  if (known.size < knownMost) known.set(codePoint, made)
  return made
}

function makeChar(char: string): FoldedChar {
  if (pictures.test(char) && !/[\p{L}\p{N}]/u.test(char)) return { text: char, kind: picture }
  if (dropped.test(char)) return { text: '', kind: other }
  if (/[‘’]/.test(char)) return { text: "'", kind: other }
  const plain = char
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
  const text = plain.toLowerCase()
  if (/^\s/u.test(text)) return { text: ' ', kind: other }
  if (withoutSpaces.test(text)) return { text, kind: spaceless }
  if (/^\p{N}/u.test(text)) return { text, kind: digit }
  if (/^[\p{L}\p{M}]/u.test(text)) return { text, kind: text === plain ? lower : upper }
  return { text, kind: other }
}

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[a-z]/.test(char)) return lower
  if (/[A-Z]/.test(char)) return upper
  if (/\d/.test(char)) return digit
  return char === '_' ? joiner : other
})
const asciiChars = Array.from({ length: 128 }, (_, code) =>
  code <= 32 ? ' ' : String.fromCharCode(code).toLowerCase(),
)

export const isWord = (kind: number): boolean => kind >= lower && kind <= joiner

/** A word may end and another begin between these: getUserName, redis7, snake_case, 升级Redis. */
function parts(before: number, after: number): boolean {
  if (!isWord(before) || !isWord(after) || before === joiner || after === joiner) return true
  return before !== after && !(before === upper && after === lower)
}

export function fold(original: string): Folded {
  let text = ''
  const from: number[] = []
  const kinds: number[] = []
  const edges: number[] = []
  let last = other
  for (let i = 0; i < original.length;) {
    const code = original.charCodeAt(i)
    let char: string
    let kind: number
    let size = 1
    if (code < 128) {
      char = asciiChars[code] ?? ' '
      kind = asciiKinds[code] ?? other
    } else {
      const codePoint = original.codePointAt(i) ?? code
      if (codePoint > 0xffff) size = 2
      ;({ text: char, kind } = foldChar(codePoint))
    }
    // Runs of white space are one space, so that a phrase is found across lines.
    if (char !== '' && !(char === ' ' && text.endsWith(' '))) {
      // HTTPServer: the last capital belongs to the word that follows it.
      if (kind === lower && last === upper && kinds.at(-2) === upper) edges[edges.length - 1] = 1
      for (let unit = 0; unit < char.length; unit += 1) {
        from.push(i)
        kinds.push(kind)
        edges.push(unit === 0 && parts(last, kind) ? 1 : 0)
      }
      text += char
      last = kind
    }
    i += size
  }
  from.push(original.length)
  edges.push(1)
  return { text, from, edge: Uint8Array.from(edges), kind: Uint8Array.from(kinds) }
}
