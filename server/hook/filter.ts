// Which messages an outgoing webhook delivers. Pure.
import type { HookFilter } from '../protocol/hooks.ts'

/** Case is ignored. `starts`: the first word is this one; `mentions`: `@word` occurs as a word. */
export function passes(filter: HookFilter, text: string): boolean {
  if (filter.kind === 'all') return true
  const said = text.toLowerCase()
  const word = filter.word.toLowerCase()
  if (filter.kind === 'starts') {
    const first = said.trimStart()
    return first.startsWith(word) && !isWordy(first.charAt(word.length))
  }
  const mention = word.startsWith('@') ? word : `@${word}`
  for (let at = said.indexOf(mention); at !== -1; at = said.indexOf(mention, at + 1))
    if (!isWordy(said.charAt(at - 1)) && !isWordy(said.charAt(at + mention.length))) return true
  return false
}

/** Chinese puts no space after a word, so only letters and digits of scripts that do continue it. */
const isWordy = (char: string): boolean => /[\p{L}\p{N}_-]/u.test(char) && !/\p{Script=Han}/u.test(char)
