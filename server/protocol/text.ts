// What a message's text may be. Pure; the composer and the server use the same check.
import type { ErrorCode } from './errors.ts'
import { limits } from './limits.ts'

const utf8 = new TextEncoder()

/** Bytes of `text` in UTF-8, as limits and MySQL count them. */
export const byteLength = (text: string): number => utf8.encode(text).byteLength

const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text)

/** The refusal of a text, or undefined if it is valid. NUL and lone surrogates cannot be stored as they are. */
export function refuseText(text: string): ErrorCode | undefined {
  if (text.trim() === '') return 'empty_message'
  if (text.length > limits.messageBytes || byteLength(text) > limits.messageBytes) return 'message_too_long'
  if (text.includes('\0') || !isWellFormed(text)) return 'bad_text'
  return undefined
}
