// Whether rules apply to a text. Words are compared as search compares them: without differences of case, accents, width and
// invisible characters; whole words, and anywhere in scripts without spaces. Letters of other alphabets that look like Latin ones
// are read as these. All words are looked for at once, so that their number costs nothing.
import { inLatin } from '../naming/look-alikes.ts'
import { fold } from '../protocol/fold.ts'
import type { RuleEffect, RuleKind } from '../protocol/word-rules.ts'
import { hasLink } from '../text/has-link.ts'
import { cleanHost, hostsIn, isWithin } from '../text/linked-hosts.ts'

export interface Rule {
  kind: RuleKind
  text: string
  does: RuleEffect
}

/** A rule's text as it is compared; undefined: there is nothing to compare. */
export function keyOf(kind: RuleKind, text: string): string | undefined {
  if (kind === 'host') return cleanHost(text)
  const key = fold(text).text.trim()
  return key === '' ? undefined : key
}

/** Words by their characters, one after the other. */
interface Letters {
  /** Of the word that ends here. */
  does?: RuleEffect
  next?: Map<string, Letters>
}

export interface CompiledRules {
  hosts: readonly { key: string; does: RuleEffect }[]
  words: Letters
  /** As they are read by whoever takes look-alikes for Latin letters. */
  latin: Letters
}

export function compileRules(rules: readonly Rule[]): CompiledRules {
  const compiled = { hosts: [] as { key: string; does: RuleEffect }[], words: {}, latin: {} }
  for (const { kind, text, does } of rules) {
    const key = keyOf(kind, text)
    if (key === undefined) continue
    if (kind === 'host') {
      compiled.hosts.push({ key, does })
      continue
    }
    put(compiled.words, key, does)
    put(compiled.latin, keyOf(kind, inLatin(text)) ?? key, does)
  }
  return compiled
}

function put(letters: Letters, key: string, does: RuleEffect): void {
  let at = letters
  for (const char of key.split('')) {
    at.next ??= new Map()
    const next = at.next.get(char) ?? {}
    at.next.set(char, next)
    at = next
  }
  at.does = stronger(at.does, does) ?? does
}

/** Refusing comes first. */
const stronger = (one: RuleEffect | undefined, other: RuleEffect | undefined): RuleEffect | undefined =>
  one === 'refuse' || other === 'refuse' ? 'refuse' : (one ?? other)

/** Marks may stand inside of a word, and links: **b**ad and b[a](to)d are read as bad. */
const marks = /[*_~`|\\]/g
const links = /\[([^[\]]*)\]\([^()\s]*\)/g

/** What is to become of a text; undefined: no rule applies. */
export function effectOf({ hosts, words, latin }: CompiledRules, text: string): RuleEffect | undefined {
  let effect: RuleEffect | undefined
  if (hosts.length > 0) {
    const there = hostsIn(text)
    for (const { key, does } of hosts)
      if (there.some((host) => isWithin(host, key))) effect = stronger(effect, does)
  }
  if (words.next === undefined) return effect
  const plain = text.replace(links, '$1').replace(marks, '')
  for (const written of new Set([text, plain])) {
    effect = stronger(effect, effectIn(words, written))
    const read = inLatin(written)
    // What has no look-alike is compared with words as they are, so that no other alphabet's word is found in it.
    if (read !== written) effect = stronger(effect, effectIn(latin, read))
  }
  return effect
}

/** From each beginning of a word along the letters of all of them: at most limits.wordRules.chars steps. */
function effectIn(letters: Letters, written: string): RuleEffect | undefined {
  const { text, edge } = fold(written)
  let effect: RuleEffect | undefined
  for (let from = 0; from < text.length; from += 1) {
    if (edge[from] !== 1) continue
    let at: Letters | undefined = letters
    for (let end = from; at !== undefined; end += 1) {
      if (at.does !== undefined && edge[end] === 1) effect = stronger(effect, at.does)
      if (effect === 'refuse') return effect
      at = at.next?.get(text[end] ?? '')
    }
  }
  return effect
}

/** A link of somebody who came less than `ms` ago. */
export const isYoungLink = (text: string, since: number | undefined, ms: number, now: number): boolean =>
  ms > 0 && since !== undefined && now < since + ms && hasLink(text)
