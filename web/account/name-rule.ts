// The state of a name and of a password during typing. Pure.
import { nameLimits } from '../../server/protocol/name-limits.ts'
import { charsIn, cleanName, cleanRoomName } from '../../server/protocol/names.ts'

export interface NameState {
  is: 'empty' | 'fine' | 'long' | 'hidden'
  /** Characters that still fit; negative: too many. */
  left: number
}

function judge(raw: string, max: number, clean: (raw: string) => string | undefined): NameState {
  const left = max - charsIn(raw)
  if (left === max) return { is: 'empty', left }
  if (left < 0) return { is: 'long', left }
  return { is: clean(raw) === undefined ? 'hidden' : 'fine', left }
}

export const judgeName = (raw: string): NameState => judge(raw, nameLimits.nameChars, cleanName)
export const judgeRoomName = (raw: string): NameState =>
  judge(raw.trim().replace(/^#+/, ''), nameLimits.roomNameChars, cleanRoomName)

/** What a new password lacks, and what still fits; each negative if it is the other way around. */
export function passwordRoom(password: string): { lacks: number; left: number } {
  const chars = [...password].length
  return { lacks: nameLimits.passwordChars.min - chars, left: nameLimits.passwordChars.max - chars }
}
