// The icon of a workspace: one emoji, or up to two letters, on a colour. What nobody has chosen follows the name. Pure;
// the server and the form that shows it beforehand agree.
import { cleanEmoji } from './emoji.ts'

/** Degrees of OKLCH, as avatars have them: white is readable on each at 4.5:1. */
export const hues = [25, 258, 150, 318, 55, 220, 350, 178, 288] as const
export type Hue = (typeof hues)[number]

/** `text`: one emoji or up to two letters; empty: the initials of the name. `hue`: null: by the name. */
export interface IconChoice {
  text: string
  hue: Hue | null
}
/** What is drawn, and what of it has been chosen. */
export interface WorkspaceIcon {
  text: string
  hue: Hue
  chosen: IconChoice
  /** The hash of a picture, which is shown instead. */
  picture?: string
}

export const noChoice: IconChoice = { text: '', hue: null }
/** What a workspace is called that nobody has named. */
export const unsetName = 'Brook'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const graphemes = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment)
const letter = /^[\p{L}\p{N}]/u
const maxLetters = 2

/** Of the first two words: "Northwind Garden" is NG, 花园 is 花. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u)
  const firsts = words.filter((word) => letter.test(word)).map((word) => graphemes(word)[0] ?? '')
  const [only = '?'] = graphemes(name.trim())
  return firsts.slice(0, maxLetters).join('').toLocaleUpperCase('en') || only
}

/** The same for the same name, everywhere. */
export function hueOf(name: string): Hue {
  let sum = 0
  for (const char of name.trim()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return hues[sum % hues.length] ?? hues[0]
}

/** As it is kept, or undefined if it is neither. Empty stays empty. */
export function cleanIconText(raw: string): string | undefined {
  const text = raw.normalize('NFC').trim()
  const emoji = cleanEmoji(text)
  if (text === '' || emoji !== undefined) return emoji ?? ''
  const letters = graphemes(text)
  const isShort = letters.length <= maxLetters && text.length <= 16
  return isShort && letters.every((one) => letter.test(one)) ? text : undefined
}

/**
 * `picture`: the hash of one; '': none. Undefined: nobody has named the workspace or chosen an icon, and the mark of Brook stands for
 * it.
 */
export function iconOf(name: string, chosen: IconChoice, picture = ''): WorkspaceIcon | undefined {
  if (name === unsetName && chosen.text === '' && chosen.hue === null && picture === '') return undefined
  const icon = { text: chosen.text || initialsOf(name), hue: chosen.hue ?? hueOf(name), chosen }
  return picture === '' ? icon : { ...icon, picture }
}
