// A text as search reads it: without differences of case, accents, width, compatibility forms and marks that may be left
// out. Used by the index, by the check against the text, and by the browser, which marks what was found. Each position
// knows where it came from. Pure. Trap: if a rule changes, `rules` in search/tokens.ts must be raised.

export interface Folded {
  text: string
  /** For each unit of `text`, and for its end, the unit of the original it came from. */
  from: number[]
  /** 1 where a word may begin or end: before each unit, and after the last one. */
  edge: Uint8Array
  /** The kind of run that each unit belongs to. */
  kind: Uint8Array
}

export const other = 0
export const lower = 1
export const upper = 2
export const digit = 3
export const joiner = 4
/** A character of a script without spaces: indexed alone, and as a pair with its neighbour. */
export const spaceless = 5
export const picture = 6

interface FoldedChar {
  text: string
  kind: number
}

/** Emoji without skin tones and joiners: the members of a family are found one by one. */
const pictures = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator})$/u
const unseen = /^(?:\p{Default_Ignorable_Code_Point}|\p{Emoji_Modifier})$/u
/** Accents, harakat, niqqud, the tatweel: marks without which a word is still the same. Not the marks of kana. */
const optional =
  /(?![\u3099\u309a])(?=\p{M})[\p{sc=Inherited}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}]|\u0640/gu
const withoutSpaces =
  /^(?:\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Bopomofo}|\p{sc=Hangul}|\p{sc=Thai}|\p{sc=Lao}|\p{sc=Khmer}|\p{sc=Myanmar}|[ー\u3099\u309a])/u

/** Letters that Unicode does not take apart, but people do: those with a stroke, ligatures, and Arabic variants. */
const alike: Readonly<Record<string, string>> = {
  ς: 'σ',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
  '‘': "'",
  '’': "'",
  ʼ: "'",
}

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[a-z]/.test(char)) return lower
  if (/[A-Z]/.test(char)) return upper
  if (/\d/.test(char)) return digit
  return char === '_' ? joiner : other
})
const ascii = Array.from({ length: 128 }, (_, code): readonly [FoldedChar] => [
  {
    text: code <= 32 ? ' ' : String.fromCharCode(code).toLowerCase(),
    kind: asciiKinds[code] ?? other,
  },
])

/** Cache of folded clusters: a chat uses a few thousand different ones. Long ones are somebody's joke. */
const known = new Map<string, readonly FoldedChar[]>()
const maxKnown = 20_000
const maxKnownUnits = 8

function foldCluster(cluster: string): readonly FoldedChar[] {
  const found = known.get(cluster)
  if (found !== undefined) return found
  const made = charsOf(cluster)
  if (known.size < maxKnown && cluster.length <= maxKnownUnits) known.set(cluster, made)
  return made
}

function charsOf(cluster: string): FoldedChar[] {
  const [base = ''] = cluster
  if (pictures.test(base) && !/[\p{L}\p{N}]/u.test(base)) return [{ text: base, kind: picture }]
  const plain = cluster.normalize('NFKD').replace(optional, '').normalize('NFC')
  return [...plain].filter((char) => !unseen.test(char)).map(foldChar)
}

function foldChar(char: string): FoldedChar {
  const code = char.codePointAt(0) ?? 0
  const [plain] = ascii[code] ?? []
  if (plain !== undefined) return plain
  if (/\s/u.test(char)) return { text: ' ', kind: other }
  if (/\p{Pd}/u.test(char)) return { text: '-', kind: other }
  if (/\p{Nd}/u.test(char)) return { text: digitOf(code), kind: digit }
  // Lower case first, because only it has ß of ẞ; then upper case, because only it splits ß.
  const small = char.toLowerCase().toUpperCase().toLowerCase()
  const text = alike[small] ?? small
  if (withoutSpaces.test(text)) return { text, kind: spaceless }
  if (/^\p{N}/u.test(text)) return { text, kind: digit }
  if (/^[\p{L}\p{M}]/u.test(text)) return { text, kind: char === char.toLowerCase() ? lower : upper }
  return { text, kind: other }
}

/** The ASCII digit: the ten digits of a script follow each other. */
function digitOf(code: number): string {
  let value = 0
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1
  return String(value)
}

/** Whether a unit belongs to the character before it, by its code: 0 where that is not known yet, 1 no, 2 yes. */
const joins = new Uint8Array(0x10000)
/** Marks, those of half-width kana, and the vowels and finals of Hangul. */
const joining = /[\p{M}\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb]/u

function isJoined(code: number): boolean {
  // Before the first combining mark, and the bulk of Chinese and Korean; NaN: the end of the text.
  if (!(code >= 0x300) || (code >= 0x3400 && code < 0xa000) || (code >= 0xac00 && code < 0xd7a4)) return false
  if (joins[code] === 0) joins[code] = joining.test(String.fromCharCode(code)) ? 2 : 1
  return joins[code] === 2
}

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
    // A character with all its marks, because only together do they have one form.
    let end = i + ((original.codePointAt(i) ?? 0) > 0xffff ? 2 : 1)
    while (isJoined(original.charCodeAt(end))) end += 1
    const chars = end === i + 1 && code < 128 ? ascii[code] : foldCluster(original.slice(i, end))
    for (const { text: char, kind } of chars ?? []) {
      // Runs of white space become one space, so that a phrase is found across lines.
      if (char === ' ' && text.endsWith(' ')) continue
      // HTTPServer: the last capital belongs to the word after it.
      if (kind === lower && last === upper && kinds.at(-2) === upper) edges[edges.length - 1] = 1
      for (let unit = 0; unit < char.length; unit += 1) {
        from.push(i)
        kinds.push(kind)
        edges.push(unit === 0 && parts(last, kind) ? 1 : 0)
      }
      text += char
      last = kind
    }
    i = end
  }
  from.push(original.length)
  edges.push(1)
  return { text, from, edge: Uint8Array.from(edges), kind: Uint8Array.from(kinds) }
}
