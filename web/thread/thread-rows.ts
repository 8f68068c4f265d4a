// The rows of a thread: below the message it begins with a line says how many replies there are. Pure.
import type { Row } from '../message/line.ts'

export function withBeginning(rows: Row[], root: number, replies: number): Row[] {
  const at = rows.findIndex((row) => row.kind === 'line' && row.line.seq === root)
  if (at < 0) return rows
  const next = rows[at + 1]
  // Whoever replies at once to themselves is named again below the line.
  const below = next?.kind === 'line' ? [{ ...next, head: true }, ...rows.slice(at + 2)] : rows.slice(at + 1)
  return [...rows.slice(0, at + 1), { kind: 'replies', key: 'replies', count: replies }, ...below]
}
