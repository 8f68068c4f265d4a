// A file's name as it is shown: cut in its middle, so that its ending is always seen; and what kind of file that says it is. Pure.
import type { FileRef } from '../../server/protocol/files.ts'

/** "annual-report-2026" and ".pdf"; the second is never cut. */
export function partsOfName(name: string): [start: string, end: string] {
  const chars = [...name]
  const dot = chars.lastIndexOf('.')
  const ending = dot > 0 && chars.length - dot <= 8 ? chars.length - dot : 0
  const tail = Math.min(chars.length, ending + 3)
  if (chars.length <= 12) return [name, '']
  return [chars.slice(0, -tail).join(''), chars.slice(-tail).join('')]
}

/** In a sentence nobody reads a longer one. */
const maxSaid = 40

/** For a sentence: a long name is cut in its middle. */
export function nameToSay(name: string): string {
  if ([...name].length <= maxSaid) return name
  const [start, end] = partsOfName(name)
  const room = Math.max(0, maxSaid - [...end].length - 1)
  return `${[...start].slice(0, room).join('')}…${end}`
}

/** What stands on the sign of a card: "PDF", "ZIP"; up to four letters. Undefined: its name has no such ending. */
export function endingOf({ name }: Pick<FileRef, 'name'>): string | undefined {
  const ending = /\.([\p{L}\p{N}]{1,4})$/u.exec(name)?.[1]
  return ending?.toUpperCase()
}
