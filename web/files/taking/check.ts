// What cannot be sent, said in words before anything is: folders, empty files, files that are too large, too many.
import { fileLimits } from '../../../server/protocol/file-limits.ts'
import { isolate } from '../../words/isolate.ts'
import { count } from '../../words/figures.ts'
import { sizeWords } from '../../words/size-words.ts'
import { t } from '../../words/words.ts'
import { nameToSay } from '../file-name.ts'
import { isFolder, type FolderFound } from './given.ts'

export type Refused = { why: 'folder' | 'empty' | 'large'; name: string } | { why: 'many'; n: number }

/** `room`: how many more the message may have. */
export function checked(
  given: readonly (File | FolderFound)[],
  room: number,
): { good: File[]; bad: Refused[] } {
  const bad: Refused[] = []
  const good = given.flatMap((one) => {
    if (isFolder(one)) bad.push({ why: 'folder', name: one.folder })
    else if (one.size === 0) bad.push({ why: 'empty', name: one.name })
    else if (one.size > fileLimits.fileBytes.max) bad.push({ why: 'large', name: one.name })
    else return [named(one)]
    return []
  })
  const over = good.length - Math.max(0, room)
  if (over > 0) bad.push({ why: 'many', n: over })
  return { good: good.slice(0, Math.max(0, room)), bad }
}

/** What comes from the clipboard is always called the same; with the time it can be told apart. */
function named(file: File): File {
  const [, end] = /^image(\.png|\.jpe?g|\.webp|\.gif)$/.exec(file.name) ?? []
  if (end === undefined || Date.now() - file.lastModified > 5_000) return file
  const { type, lastModified } = file
  return new File([file], `${t('attach.pasted', { when: stamp(lastModified) })}${end}`, {
    type,
    lastModified,
  })
}

/** "2026-12-01 14.05.12", by the clock here: it sorts, and every file system takes it. */
function stamp(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString()
  return local.slice(0, 19).replace('T', ' ').replaceAll(':', '.')
}

/** More than these would not be read. */
const maxSaid = 3

export function sayRefused(bad: readonly Refused[]): string {
  const said = bad.slice(0, maxSaid).map((one) => {
    if (one.why === 'many') return t('attach.many', { max: fileLimits.perMessage, n: count(one.n) }, one.n)
    return t(`attach.${one.why}`, {
      name: isolate(nameToSay(one.name)),
      max: sizeWords(fileLimits.fileBytes.max),
    })
  })
  const more = bad.length - maxSaid
  if (more > 0) said.push(t('attach.moreBad', { n: count(more) }, more))
  return said.reduce((first, then) => t('attach.between', { first, then }))
}
