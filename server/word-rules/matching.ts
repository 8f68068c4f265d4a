// Whether rules apply to a text. Words are compared as search compares them: without differences of case, accents, width and
// invisible characters; whole words, and anywhere in scripts without spaces. Pure.
import { fold } from '../protocol/fold.ts'
import type { RuleEffect, RuleKind } from '../protocol/word-rules.ts'
import { hasLink } from '../text/has-link.ts'
import { cleanHost, hostsIn, isWithin } from '../text/linked-hosts.ts'

export interface Rule {
  kind: RuleKind
  /** As it is compared: see keyOf. */
  key: string
  does: RuleEffect
}

/** A rule's text as it is compared; undefined: there is nothing to compare. */
export function keyOf(kind: RuleKind, text: string): string | undefined {
  if (kind === 'host') return cleanHost(text)
  const key = fold(text).text.trim()
  return key === '' ? undefined : key
}

/** Marks may stand inside of a word, and links: **b**ad and b[a](to)d are read as bad. */
const marks = /[*_~`|\\]/g
const links = /\[([^[\]]*)\]\([^()\s]*\)/g

/** What is to become of a text; refusing comes first. Undefined: no rule applies. */
export function effectOf(rules: readonly Rule[], text: string): RuleEffect | undefined {
  if (rules.length === 0) return undefined
  const plain = text.replace(links, '$1').replace(marks, '')
  const folded = plain === text ? [fold(text)] : [fold(text), fold(plain)]
  const hosts = rules.some(({ kind }) => kind === 'host') ? hostsIn(text) : []
  const applies = ({ kind, key }: Rule): boolean =>
    kind === 'host' ? hosts.some((host) => isWithin(host, key)) : folded.some((one) => hasWord(one, key))
  const found = rules.filter(applies)
  return found.some(({ does }) => does === 'refuse') ? 'refuse' : found[0]?.does
}

function hasWord({ text, edge }: ReturnType<typeof fold>, key: string): boolean {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1))
    if (edge[at] === 1 && edge[at + key.length] === 1) return true
  return false
}

/** A link of somebody who came less than `ms` ago. */
export const isYoungLink = (text: string, since: number | undefined, ms: number, now: number): boolean =>
  ms > 0 && since !== undefined && now < since + ms && hasLink(text)
