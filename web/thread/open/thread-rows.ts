// The rows of a thread: a line below the root message shows the number of replies. Pure.
import type { Row } from '../../conversation/lines/line.ts'

export function withBeginning(rows: Row[], root: number, replies: number): Row[] {
  const at = rows.findIndex((row) => row.kind === 'line' && row.line.seq === root)
  if (at < 0) return rows
  const next = rows[at + 1]
  // An author who replies to their own message at once is named again below the line.
  const below = next?.kind === 'line' ? [{ ...next, head: true }, ...rows.slice(at + 2)] : rows.slice(at + 1)
  return [...rows.slice(0, at + 1), { kind: 'replies', key: 'replies', count: replies }, ...below]
}
