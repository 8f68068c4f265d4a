// From lines to rows: the beginning, the days, the "new" line, and who is named. Pure.
import type { Line, MessageLine, Row } from './line.ts'

/** Someone is named again after this long a silence. */
const runMs = 5 * 60_000

export interface RowOptions {
  /** The number of the first message that had not been read when the room was opened. */
  firstUnread: number | undefined
  /** True when the lines start with the room's first. */
  began: boolean
  /** The day of a time in the reader's zone, as any text that is equal for the same day. */
  dayOf: (at: number) => string
}

/** What the list draws for `lines`, which stand in their order. */
export function toRows(lines: Line[], { firstUnread, began, dayOf }: RowOptions): Row[] {
  const rows: Row[] = began ? [{ kind: 'began', key: 'began' }] : []
  const newAt = firstNew(lines, firstUnread, began)
  lines.forEach((line, index) => {
    const previous = lines[index - 1]
    const day = dayOf(line.at)
    const isNewDay = previous === undefined || dayOf(previous.at) !== day
    if (isNewDay) rows.push({ kind: 'day', key: `day ${day} ${line.key}`, at: line.at })
    if (index === newAt) rows.push({ kind: 'new', key: 'new' })
    const head = isNewDay || index === newAt || !isSameRun(previous, line)
    rows.push({ kind: 'line', key: line.key, line, head })
  })
  return rows
}

/** Where the "new" line stands: not above a window that begins after the first unread, for there it would be a lie. */
function firstNew(lines: Line[], firstUnread: number | undefined, began: boolean): number {
  if (firstUnread === undefined) return -1
  const index = lines.findIndex(({ seq }) => seq !== undefined && seq >= firstUnread)
  return index > 0 || began || lines[0]?.seq === firstUnread ? index : -1
}

const isSameRun = (previous: Line, line: Line): boolean =>
  previous.kind === 'message' &&
  line.kind === 'message' &&
  previous.user.id === line.user.id &&
  // One webhook speaks under many names.
  previous.user.name === line.user.name &&
  line.at - previous.at < runMs

/** The message with this number, where it is among the rows. */
export function findLine(rows: readonly Row[], seq: number): MessageLine | undefined {
  const row = rows.findLast((one) => one.kind === 'line' && one.line.seq === seq)
  return row?.kind === 'line' && row.line.kind === 'message' ? row.line : undefined
}
