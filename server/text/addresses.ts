// Addresses in a text, as inline rules: https://…, www.…, ann@x.example and this Brook's own /rooms/7/5. A mark ends an
// address only if the same mark was open before it. Linear in the text's length.
import type { MarkdownIt, StateInline } from 'markdown-it'

/** How often each mark is open at this point of a text. */
type Open = ReadonlyMap<string, number>

export function openMarks(state: StateInline): Open {
  const open = new Map<string, number>()
  for (const { marker, open: opens, close } of state.delimiters) {
    const mark = String.fromCharCode(marker)
    const depth = open.get(mark) ?? 0
    if (close && depth > 0) open.set(mark, depth - 1)
    else if (opens) open.set(mark, depth + 1)
  }
  return open
}

const stops = new Set('.,;:!?\'"')
const marks = new Set('*_~')
const pairs: Partial<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
/** Marks of two characters, and how many are counted for one that is open. */
const doubled = [
  ['**', '*', 2],
  ['||', '|', 1],
  ['~~', '~', 1],
] as const

const countOf = (text: string, char: string): number => text.split(char).length - 1

/**
 * Without the sentence around it: "(see https://a.example/b)." ends before the bracket, "https://a.example/b_(c)" keeps
 * its own; `**https://a.example**后面` ends before the mark, "https://a.example/b_" keeps it. One pass, from the end.
 */
export function trimEnd(whole: string, open: Open): string {
  const cuts = doubled.filter(([, mark, depth]) => (open.get(mark) ?? 0) >= depth)
  const ends = cuts.map(([mark]) => whole.indexOf(mark)).filter((at) => at >= 0)
  const found = whole.slice(0, Math.min(whole.length, ...ends))
  const spare = new Map<string, number>()
  let end = found.length
  for (; end > 0; end--) {
    const last = found.charAt(end - 1)
    if (stops.has(last)) continue
    const opener = pairs[last]
    if (opener === undefined && !marks.has(last)) break
    const left =
      spare.get(last) ??
      (opener === undefined ? (open.get(last) ?? 0) : countOf(found, last) - countOf(found, opener))
    if (left <= 0) break
    spare.set(last, left - 1)
  }
  return found.slice(0, end)
}

/** CJK full stops and brackets end an address: Chinese puts no space after it. */
const char = '[^\\s<>"“”‘’，。；：！？、（）【】《》「」『』]'
const until = `${char}+`
/** An address in a text that is not parsed, without what Slack would have escaped. */
export const bareAddress = new RegExp(`(?:https?://|www\\.)(?:(?!&[lg]t;|\0)${char})+`, 'giu')
const web = new RegExp(`https?://${until}`, 'iuy')
const www = new RegExp(`www\\.[\\p{L}\\p{N}-]+\\.${until}`, 'iuy')
/** A domain, and no address that goes on. */
const mailDomain = /@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24})(?![\w/@-])/iy
const ownPage = /\/rooms\/[1-9]\d{0,18}(?:\/(?:(?:thread|as-of)\/)?[1-9]\d{0,14}){0,2}(?![\p{L}\p{N}_/.-])/uy
/** The whole of it is the path of a room, a message or a thread. */
export const isOwnPage = (path: string): boolean => new RegExp(`^${ownPage.source}$`, 'u').test(path)

/** Where `www.` or an own page may begin within plain words; the rule checks the rest. */
const begins = /www\.|\/rooms\/\d/iu
const wordBefore = /[\p{sc=Latin}\p{N}_/.:@%=&?+-]$/u

/** How much of plain words may be taken before an address may begin in them. */
export const beforeAddress = (words: string): number => {
  const at = words.slice(1).search(begins)
  return at < 0 ? words.length : at + 1
}

const matchAt = (pattern: RegExp, state: StateInline, at: number): string => {
  pattern.lastIndex = at
  return (pattern.exec(state.src)?.[0] ?? '').slice(0, state.posMax - at)
}

/** `back`: how much of it was taken for words already. */
function pushLink(state: StateInline, back: number, text: string, to: string): void {
  state.pending = state.pending.slice(0, state.pending.length - back)
  const token = state.push('link_open', 'a', 1)
  token.attrs = [['href', to]]
  token.markup = 'linkify'
  state.push('text', '', 0).content = text
  state.push('link_close', 'a', -1)
}

/** The position up to which a text was searched for a link in vain: a hostile line is searched once. */
const inVain = new WeakMap<StateInline, number>()

/** `safe`: the target of an address as the browser reads it, or undefined. */
export function useAddresses(markdown: MarkdownIt, safe: (raw: string) => string | undefined): void {
  const { ruler } = markdown.inline

  ruler.before('linkify', 'address', (state, silent) => {
    if (state.linkLevel > 0 || !state.src.startsWith('://', state.pos)) return false
    const scheme = /https?$/i.exec(state.pending)?.[0]
    if (scheme === undefined) return false
    const start = state.pos - scheme.length
    if (!state.src.startsWith(scheme, start) || start < (inVain.get(state) ?? 0)) return false
    const whole = matchAt(web, state, start)
    const text = trimEnd(whole, openMarks(state))
    const to = safe(text)
    if (to === undefined) {
      inVain.set(state, start + Math.max(1, whole.length))
      return false
    }
    if (!silent) pushLink(state, scheme.length, text, to)
    state.pos = start + text.length
    return true
  })

  ruler.before('linkify', 'mail', (state, silent) => {
    if (state.linkLevel > 0 || state.src[state.pos] !== '@') return false
    const name = /[a-z0-9][\w.+-]{0,63}$/i.exec(state.pending.slice(-64))?.[0]
    if (name === undefined) return false
    const start = state.pos - name.length
    if (!state.src.startsWith(name, start) || wordBefore.test(state.src.slice(Math.max(0, start - 2), start)))
      return false
    const domain = matchAt(mailDomain, state, state.pos)
    if (domain === '') return false
    if (!silent) pushLink(state, name.length, name + domain, `mailto:${name}${domain}`)
    state.pos += domain.length
    return true
  })

  ruler.before('text', 'bare', (state, silent) => {
    const { pos, src } = state
    if (state.linkLevel > 0 || (src[pos] !== '/' && src[pos]?.toLowerCase() !== 'w')) return false
    if (wordBefore.test(src.slice(Math.max(0, pos - 2), pos))) return false
    const own = src[pos] === '/' ? matchAt(ownPage, state, pos) : ''
    const text = own === '' ? trimEnd(matchAt(www, state, pos), openMarks(state)) : own
    const to = own === '' ? safe(`https://${text}`) : own
    if (text === '' || to === undefined) return false
    if (!silent) pushLink(state, 0, text, to)
    state.pos += text.length
    return true
  })
}
