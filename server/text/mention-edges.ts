// Where a name after an `@` may begin and end in a text: the same for drawing, for who is mentioned and for completion.
// Pure.

const spaceless = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Hang}]/u
const wordly = /[\p{L}\p{N}_]/u
const before = /(?:^|[^\p{L}\p{N}_.@＠/\\]|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])$/u

const charAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 32)
const charBefore = (text: string, at: number): string =>
  /.$/su.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? ' '

/** The `@` at `at` is not part of a word or an address; after Chinese and Japanese it needs no space. */
export const beginsName = (text: string, at: number): boolean => before.test(charBefore(text, at).trim())

/** A name may end at `end`: `@Ann` is not in `@Anna` nor in `@ann/node`; Chinese needs no space after a name. */
export function endsName(text: string, end: number): boolean {
  const [last, next] = [charBefore(text, end), charAt(text, end)]
  if (last.trim() === '') return false
  if (spaceless.test(last)) return true
  if (/[/@]/.test(next)) return !isWord(charAt(text, end + 1))
  return !(wordly.test(last) && isWord(next))
}

const isWord = (char: string): boolean => wordly.test(char) && !spaceless.test(char)
