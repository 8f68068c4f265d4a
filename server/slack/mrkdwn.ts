// Slack's mrkdwn as Markdown: emphasis, links, mentions, entities and emoji names. Pure, and linear in the text's length:
// each pass reads a character once and remembers at most one open mark of each kind.
import { limits } from '../protocol/limits.ts'
import { bareAddress } from '../text/addresses.ts'
import { codeBlock, codeSpan } from './code.ts'
import { withEmoji } from './emoji.ts'
import { asPlain, withoutMarks } from './plain-words.ts'
import { bracketed, decodeEntities, inCode, inTopic, type Names } from './references.ts'

/** What is Markdown already, while the words around it are converted: each part is replaced by its number between NULs. */
class Kept {
  readonly #parts: string[] = []
  /** The place of each: a text of many marks has few that differ. */
  readonly #places = new Map<string, string>()

  readonly put = (markdown: string): string => {
    const known = this.#places.get(markdown)
    if (known !== undefined) return known
    const place = `\0${this.#parts.push(markdown) - 1}\0`
    this.#places.set(markdown, place)
    return place
  }

  back(text: string): string {
    return text.replace(/\0(\d+)\0/g, (_, index: string) => this.#parts[Number(index)] ?? '')
  }
}

/** Slack mrkdwn `text` as Markdown. Removes control characters other than tab and newline. */
export function toMarkdown(text: string, names: Names = {}): string {
  const kept = new Kept()
  const words = linesOf(pieces(text.replace(hidden, '')), kept, names)
  // So many marks are shown as they were typed, so they are neither converted nor escaped: that would cost 5 us each.
  if (isCrowded(words)) return kept.back(decodeEntities(withEmoji(words)))
  return kept.back(withoutMarks(decodeEntities(withEmoji(emphasise(words, kept)))))
}

/** ... where Slack is told that the text has no marks (`mrkdwn: false`): only names, links and emoji are what they are. */
export function plainToMarkdown(text: string, names: Names = {}): string {
  const kept = new Kept()
  const words = text
    .replace(hidden, '')
    .replace(tokens, (whole, one: string | undefined) =>
      one === undefined ? decodeEntities(withEmoji(whole)) : kept.put(bracketed(one, names)),
    )
  return kept.back(asPlain(words))
}

/** ... as text without marks, for a room's topic: a link is its label and its address. */
export const toPlain = (text: string, names: Names = {}): string =>
  text
    .replace(hidden, '')
    .replace(tokens, (whole, one: string | undefined) =>
      one === undefined ? decodeEntities(withEmoji(whole)) : inTopic(one, names),
    )

/** Whether a text has more marks than one message draws. */
function isCrowded(text: string): boolean {
  let marks = 0
  for (const char of text) if (char === '*' || char === '_' || char === '~') marks += 1
  return marks > limits.markdown.marks
}

const hidden = /[\0-\x08\x0b-\x1f\x7f]/g
/** What stands in brackets, or the words between. */
const tokens = /<([^<>\n]+)>|[^<]+/g

const codeIn = (text: string, names: Names): string =>
  text.replace(tokens, (whole, one: string | undefined) =>
    one === undefined ? decodeEntities(whole) : inCode(one, names),
  )

const quoteMark = /^\s*(?:&gt;|>)/

/** The words, with a block of code on lines of its own, in the quote in which it began. */
function linesOf(all: readonly Piece[], { put }: Kept, names: Names): string {
  const out: string[] = []
  let line = ''
  let isAfterBlock = false
  for (const { kind, text } of all) {
    if (text === '') continue
    const isEnded = isAfterBlock && !/^[ \t]*\n/.test(text)
    if (isEnded) out.push('\n')
    if (kind === 'words') {
      const words = isEnded ? text.trimStart() : text
      out.push(words.replace(bareAddress, (url, at: number) => keptAddress(url, words[at - 1], put)))
      line = words.includes('\n') ? words.slice(words.lastIndexOf('\n') + 1) : line + words
    } else if (kind === 'fence') {
      const quote = quoteMark.test(line) ? '> ' : ''
      if (line.replace(quoteMark, '').trim() !== '') out.push((out.pop() ?? '').trimEnd(), '\n', quote)
      out.push(put(codeBlock(codeIn(text, names)).replaceAll('\n', `\n${quote}`)))
      line = ''
    } else {
      const markdown = put(kind === 'code' ? codeSpan(codeIn(text, names)) : bracketed(text, names))
      out.push(markdown)
      line += markdown
    }
    isAfterBlock = kind === 'fence'
  }
  return out.join('')
}

/** A mark at its end belongs to it, unless the same mark is before it. */
function keptAddress(url: string, before: string | undefined, put: Kept['put']): string {
  const isMarked = before !== undefined && '*_~'.includes(before) && url.endsWith(before)
  return isMarked ? put(decodeEntities(url.slice(0, -1))) + before : put(decodeEntities(url))
}

type Kind = 'words' | 'fence' | 'code' | 'bracket'

interface Piece {
  kind: Kind
  text: string
}

/** Splits a text into plain text, code in fences and backticks, and the contents of angle brackets. */
function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let done = 0
  let mayFence = true
  const take = (kind: Kind, from: number, inner: number, end: number, width: number): void => {
    found.push({ kind: 'words', text: text.slice(done, from) }, { kind, text: text.slice(inner, end) })
    done = end + width
  }
  for (const { index: at } of text.matchAll(/[`<]/g)) {
    if (at < done) continue
    if (text.startsWith('```', at)) {
      // Invariant of the cost: an unclosed fence is searched for once.
      const end: number = mayFence ? text.indexOf('```', at + 3) : -1
      mayFence &&= end !== -1
      if (end > at + 3) take('fence', at, at + 3, end, 3)
      continue
    }
    // The search stops at the next one of its kind, so no part of the text is searched twice.
    const isCode = text[at] === '`'
    const end: number = indexOfAny(text, isCode ? /[`\n]/g : /[<>\n]/g, at + 1)
    if (end > at + 1 && text[end] === (isCode ? '`' : '>'))
      take(isCode ? 'code' : 'bracket', at, at + 1, end, 1)
  }
  found.push({ kind: 'words', text: text.slice(done) })
  return found
}

function indexOfAny(text: string, chars: RegExp, from: number): number {
  chars.lastIndex = from
  return chars.exec(text)?.index ?? -1
}

const markdownOf: Record<string, string> = { '*': '**', _: '_', '~': '~~' }
const isWordy = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)
const isSpace = (char: string | undefined): boolean => char === undefined || /\s/u.test(char)

/** Of Markdown, which many tools post: in Slack it would be drawn with its stars. */
const bold = /(?<![\p{L}\p{N}*])\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*(?![\p{L}\p{N}*])/gu

/** A mark opens before the start of a word and closes after its end, on one line; `2*3*4` and snake_case are unchanged. */
function emphasise(raw: string, { put }: Kept): string {
  const text = raw.replace(bold, (_, words: string) => put('**') + words + put('**'))
  const marks = new Map<number, string>()
  const open = new Map<string, number>()
  for (const { 0: mark, index: at } of text.matchAll(/[*_~\n]/g)) {
    if (mark === '\n') {
      open.clear()
      continue
    }
    const before = text[at - 1]
    const after = text[at + 1]
    const opened = open.get(mark)
    if (
      opened !== undefined &&
      opened < at - 1 &&
      !isSpace(before) &&
      before !== mark &&
      !isWordy(after) &&
      after !== mark
    ) {
      for (const place of [opened, at]) marks.set(place, markdownOf[mark] ?? mark)
      open.delete(mark)
    } else if (!isWordy(before) && before !== mark && !isSpace(after) && after !== mark) open.set(mark, at)
  }
  let done = 0
  const out: string[] = []
  for (const [at, mark] of [...marks].sort(([a], [b]) => a - b)) {
    out.push(text.slice(done, at), put(mark))
    done = at + 1
  }
  return out.join('') + text.slice(done)
}
