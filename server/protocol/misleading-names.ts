// Names that pretend to be another: words whose letters of another alphabet all look like Latin ones, or the other way round
// (UTS #39), characters that nobody sees, and words that the product speaks with. Checked when a name is chosen, not when it
// is looked up. Pure.
import { nameKey } from './names.ts'

const latin = /\p{Script=Latin}/u
const cyrillic = /\p{Script=Cyrillic}/u
/** Letters of Cyrillic and Greek that look like Latin ones; λ, Ω and я do not. */
const likeLatin = /[аеорсхуіјѕһԁԛԝӏкАВЕКМНОРСТХУІЈЅԚԜαονρυικχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]/u
/** Alphabets that nobody mixes with Latin in one word. */
const neverMixed = /[\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Coptic}]/u
const likeCyrillic = /[aceopxyijskABCEHIJKMOPSTXY]/
const isOther = /[\p{Script=Cyrillic}\p{Script=Greek}]/u

/** The empty Braille cell, private use and characters that Unicode has not assigned. */
const unseen = /[\u2800\p{Co}\p{Cn}]/u

/** What the product speaks with, or of; and whom people ask for help. */
export const reservedNames = [
  ...['admin', 'administrator', 'moderator', 'support', 'system', 'brook', 'everyone', 'all', 'room', 'here'],
  'formermember',
  ...[
    '管理员',
    '管理員',
    '版主',
    '系统',
    '系統',
    '系统消息',
    '所有人',
    '全体成员',
    '全體成員',
    '官方',
    '客服',
    '支持',
  ],
  ...['前成员', '前成員'],
]
const reserved = new Set(reservedNames)

/** Whether a person or a bot must not be called `name` (as `cleanName` returns it). */
export const isMisleadingName = (name: string): boolean => looksLikeAnother(name) || reserved.has(bare(name))

/** Whether `name`, of a person or a room, is written so that it can be taken for another one. */
export function looksLikeAnother(name: string): boolean {
  if (unseen.test(name)) return true
  const seen = name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
  return seen.split(/[^\p{L}\p{M}\p{N}]+/u).some(isMixed)
}

function isMixed(word: string): boolean {
  const letters = [...word]
  const ofLatin = letters.filter((letter) => latin.test(letter))
  if (ofLatin.length === 0) return false
  if (neverMixed.test(word)) return true
  const others = letters.filter((letter) => isOther.test(letter))
  if (others.length === 0) return false
  return (
    others.every((letter) => likeLatin.test(letter)) ||
    (cyrillic.test(word) && ofLatin.every((letter) => likeCyrillic.test(letter)))
  )
}

/** Without accents, punctuation and spaces: `@Ádmin.` is `admin`. */
const bare = (name: string): string =>
  nameKey(name)
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
