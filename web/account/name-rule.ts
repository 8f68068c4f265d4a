// The hint below a name field during typing: the rule at first, then what is missing or wrong. Pure.
import { limits } from '../../server/protocol/limits.ts'
import { cleanName, cleanRoomName } from '../../server/protocol/names.ts'

export type NameState =
  | { is: 'empty' }
  | { is: 'fine'; left: number | undefined /* shown only near the end */ }
  | { is: 'long'; by: number }
  | { is: 'hidden' }

const near = 8

function judge(raw: string, max: number, clean: (raw: string) => string | undefined): NameState {
  const chars = [...raw.normalize('NFC').trim()].length
  if (chars === 0) return { is: 'empty' }
  if (chars > max) return { is: 'long', by: chars - max }
  if (clean(raw) === undefined) return { is: 'hidden' }
  return { is: 'fine', left: max - chars <= near ? max - chars : undefined }
}

export const judgeName = (raw: string): NameState => judge(raw, limits.nameChars, cleanName)
export const judgeRoomName = (raw: string): NameState =>
  judge(raw.trim().replace(/^#+/, ''), limits.roomNameChars, cleanRoomName)

export const passwordLeft = (password: string): number =>
  Math.max(0, limits.passwordChars.min - [...password].length)
