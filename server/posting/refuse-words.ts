// What a text may not be, by whichever way it is said or edited.
import type { ErrorCode } from '../protocol/errors.ts'
import type { SentBody } from '../protocol/message.ts'
import { refuseText } from '../protocol/text.ts'
import type { RuleEffect } from '../protocol/word-rules.ts'
import { hasLink } from '../text/has-link.ts'
import type { Passed } from './gate.ts'

/** The rules of the workspace about words and links. */
export interface TextRules {
  judge(by: Pick<Passed, 'admin' | 'since'>, text: string): RuleEffect | undefined
}

/** What of a message its words depend on. */
interface Beside {
  forwarded?: SentBody['forwarded'] | undefined
  files?: readonly unknown[] | undefined
}

/** A forward needs no words of its own, nor does a file. */
export const refuseTextOf = (text: string, { forwarded, files }: Beside): ErrorCode | undefined =>
  text === '' && (forwarded !== undefined || files !== undefined) ? undefined : refuseText(text)

/** Undefined: it may be said. */
export function refuseWords({ lacks }: Passed, text: string, of: Beside = {}): ErrorCode | undefined {
  const code = refuseTextOf(text, of)
  if (code !== undefined) return code
  return lacks?.includes('postLinks') === true && hasLink(text) ? 'not_for_newcomers' : undefined
}
