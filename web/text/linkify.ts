// Cuts a text into words and links. Only http and https become links; nothing else of the text is touched. Pure.

export type Piece = { kind: 'words'; text: string } | { kind: 'link'; text: string; to: string }

/** CJK full stops and brackets end a link: Chinese puts no space after it. */
const candidate = /\bhttps?:\/\/[^\s<>"“”‘’，。；：！？、（）【】《》「」『』]+/giu
const stops = new Set('.,;:!?\'"*_~')
const pairs: Partial<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

const countOf = (text: string, char: string): number => text.split(char).length - 1

/** Two marks of one kind end a link as well: `**https://a.example**后面` and `||https://a.example||` hold only the address. */
const endsAt = (found: string): number => {
  const at = found.search(/\*\*|\|\||~~/)
  return at < 0 ? found.length : at
}

/** "(see https://a.example/b)." ends before the bracket; "https://a.example/b_(c)" keeps its own. One pass, from the end. */
function trim(whole: string): string {
  const found = whole.slice(0, endsAt(whole))
  const spare = new Map<string, number>()
  let end = found.length
  for (; end > 0; end--) {
    const last = found.charAt(end - 1)
    const opens = pairs[last]
    if (opens === undefined) {
      if (!stops.has(last)) break
      continue
    }
    const left = spare.get(last) ?? countOf(found, last) - countOf(found, opens)
    if (left <= 0) break
    spare.set(last, left - 1)
  }
  return found.slice(0, end)
}

const candidateHere = new RegExp(candidate.source, 'iuy')

/** The link that begins at `start`; without `to` there is none, and none begins before `end`. */
export function linkAt(text: string, start: number, max: number) {
  candidateHere.lastIndex = start
  const found = (candidateHere.exec(text)?.[0] ?? '').slice(0, max - start)
  const link = trim(found)
  return {
    text: link,
    to: URL.canParse(link) ? new URL(link).href : undefined,
    end: start + Math.max(1, found.length),
  }
}

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const match of text.matchAll(candidate)) {
    const link = trim(match[0])
    if (!URL.canParse(link)) continue
    if (match.index > done) pieces.push({ kind: 'words', text: text.slice(done, match.index) })
    pieces.push({ kind: 'link', text: link, to: new URL(link).href })
    done = match.index + link.length
  }
  if (done < text.length) pieces.push({ kind: 'words', text: text.slice(done) })
  return pieces
}

/** One to three emoji and nothing else, flags and keycaps too: drawn larger. ❤ alone is what Unicode shows as text. */
const emojiOnly = /^(?:(?:\p{RGI_Emoji}|\p{Extended_Pictographic})\s*){1,3}$/v
/** Three of the longest: two people of different skin who kiss. */
const emojiMost = 3 * '🧑🏻‍❤️‍💋‍🧑🏼'.length + 2
export const isOnlyEmoji = (text: string): boolean => {
  const words = text.trim()
  return words.length <= emojiMost && emojiOnly.test(words)
}

/** A message longer than this is folded. */
export const foldLines = 24
const charsPerLine = 68

/** About how many lines `text` takes; wide characters count twice. Used before anything is drawn. */
export function lineCount(text: string, perLine = charsPerLine): number {
  let lines = 0
  for (const line of text.split('\n')) {
    const wide = line.match(/[\u1100-\u115f\u2e80-\uffdc]/gu)?.length ?? 0
    lines += Math.max(1, Math.ceil((line.length + wide) / perLine))
  }
  return lines
}
