// What a name looks like: two names with the same skeleton cannot be told apart by eye. The skeleton of UTS #39, with Unicode's
// own table of characters that look alike; then, because case makes no difference between names, that of its lower case.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isMisleadingName, reservedNames } from '../protocol/misleading-names.ts'
import { root } from '../root.ts'

/** Each character that looks like others, and what stands for all of these. Read at the first name that is chosen. */
let prototypes: ReadonlyMap<string, string> | undefined

function readPrototypes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of readFileSync(path.join(root, 'server/naming/confusables.txt'), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [prototype = '', alike = ''] = line.split(';').map(charsOf)
    for (const char of alike) found.set(char, prototype)
  }
  return found
}

const charsOf = (codes: string): string =>
  String.fromCodePoint(...codes.split(' ').map((code) => Number.parseInt(code, 16)))

/** Full-width letters and the like are letters; what nobody sees is not there. */
const stripped = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')

/**
 * A text with each letter of another alphabet that looks like a Latin one replaced by that, character by character: before upper
 * and lower case are made the same, for each looks like another one.
 */
export function inLatin(text: string): string {
  if (!/[^\u0000-\u007f]/u.test(text)) return text
  prototypes ??= readPrototypes()
  const known = prototypes
  return text.normalize('NFC').replaceAll(/[\p{sc=Cyrl}\p{sc=Grek}\p{sc=Armn}\p{sc=Cher}]/gu, (char) => {
    const like = known.get(char)
    return like !== undefined && /^[A-Za-z]$/.test(like) ? like : char
  })
}

function asPrototypes(text: string): string {
  prototypes ??= readPrototypes()
  const known = prototypes
  return [...stripped(text)]
    .map((char) => known.get(char) ?? char)
    .join('')
    .normalize('NFD')
}

/** Whether a name looks like one that nobody may have, whatever stands between its letters. */
export function isReserved(name: string): boolean {
  reserved ??= new Set(reservedNames.map(skeleton))
  return reserved.has(skeleton(name).replaceAll(/[^\p{L}\p{N}]/gu, ''))
}

/** Whether a person or a bot must not choose `name` (as `cleanName` returns it), whoever else there is. */
export const isBarred = (name: string): boolean => isMisleadingName(name) || isReserved(name)

let reserved: ReadonlySet<string> | undefined

/** Upper case first, because only it splits ß. */
export const skeleton = (name: string): string =>
  asPrototypes(asPrototypes(name).toUpperCase().toLowerCase()).replaceAll(/\s+/gu, ' ').trim()
