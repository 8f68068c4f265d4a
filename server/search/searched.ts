// A row of MySQL as far as it is searched. Pure.
import type { FileRef } from '../protocol/files.ts'

/** A row of `messages`, as far as it is searched. */
export interface SearchedRow {
  seq: number
  user: string
  text: string | null
  body: string | null
}

/** Of a row; most have none, and their body is not read. */
export function filesIn({ body }: Pick<SearchedRow, 'body'>): readonly FileRef[] {
  if (body?.includes('"files":') !== true) return []
  const { files } = JSON.parse(body) as { files?: FileRef[] }
  return files ?? []
}
