// What a message without words says: the one place that names its files where they are not shown, in the reader's language.
import type { FileRef } from '../../server/protocol/files.ts'
import { remaining } from '../words/figures.ts'
import { isolate } from '../words/isolate.ts'
import { t } from '../words/words.ts'

/** What it needs of each. */
type Named = Pick<FileRef, 'kind' | 'name' | 'alt' | 'durationMs'>

const kindsSaid = ['image', 'video', 'voice'] as const
const signs = { image: '🖼️', video: '🎬', voice: '🎤' } as const

/** "🖼️ 2 pictures", "🎤 Voice message, 0:24", "📎 plan.pdf", "📎 plan.pdf and 2 more". */
export function wordsOfFiles(files: readonly Named[]): string {
  const [first] = files
  if (first === undefined) return ''
  const kind = kindsSaid.find((one) => files.every((file) => file.kind === one))
  if (kind !== undefined) return `${signs[kind]} ${countOf(kind, files)}`
  const name = isolate(nameOf(first))
  return files.length === 1 ? `📎 ${name}` : `📎 ${t('showing.andMore', { name, n: files.length - 1 })}`
}

/** A voice message has a name that nobody has chosen. */
export const nameOf = ({ kind, name }: Pick<FileRef, 'kind' | 'name'>): string =>
  kind === 'voice' ? t('showing.count.voice', { n: 1 }, 1) : name

function countOf(kind: (typeof kindsSaid)[number], files: readonly Named[]): string {
  const [{ alt, durationMs } = {}] = files
  const n = files.length
  if (n === 1 && kind === 'image' && alt) return alt
  const words = t(`showing.count.${kind}`, { n }, n)
  return n === 1 && kind === 'voice' && durationMs !== undefined
    ? t('showing.lasting', { words, time: remaining(durationMs) })
    : words
}
