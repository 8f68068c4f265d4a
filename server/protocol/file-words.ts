// Files in plain words, where a message has to be said in a line: exports, the terminal, push, mail. The browser says it in the
// reader's language (web/files).
import type { FileRef } from './files.ts'

/** Names of one line. */
const shown = 3

/** "📎 report.pdf, plan.png, notes.txt +2", "🎤 0:12". */
export function filesInWords(files: readonly Pick<FileRef, 'name' | 'kind' | 'durationMs'>[]): string {
  const names = files.slice(0, shown).map(nameOf)
  const more = files.length - names.length
  return `${names.join(', ')}${more > 0 ? ` +${more}` : ''}`.replace(/, 📎 /g, ', ')
}

function nameOf({ name, kind, durationMs }: Pick<FileRef, 'name' | 'kind' | 'durationMs'>): string {
  if (kind !== 'voice' || durationMs === undefined) return `📎 ${name}`
  const seconds = Math.round(durationMs / 1_000)
  return `🎤 ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What a message says, with its files on a line below. */
export const withFiles = (text: string, files: readonly FileRef[] | undefined): string =>
  files === undefined ? text : [text, filesInWords(files)].filter((line) => line !== '').join('\n')
