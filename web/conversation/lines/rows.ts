// Turns lines into rows: the beginning, the days, the "new" line, the gap before own messages, and whose name is shown.
// Pure.
import { isSpoken } from '../../../server/protocol/timeline.ts'
import type { Line, MessageLine, NoticeLine, Row } from './line.ts'

/** The name is shown again after a silence of this length. */
const runMs = 5 * 60_000

export interface RowOptions {
  /** The first message that was unread when the room was opened. */
  firstUnread: number | undefined
  /** True if the lines start with the room's first. */
  began: boolean
  /** ... and what was before them is deleted, because it was older than so many days. */
  expired?: number | undefined
  /** The last number that is loaded, while there are newer ones; own messages that are on their way stand below those. */
  loadedUpTo?: number | undefined
  /** The day of a time in the reader's zone, as any text that is equal for the same day. */
  dayOf: (at: number) => string
}

/** The rows for `lines`, which are in order. */
export function toRows(lines: Line[], { firstUnread, began, expired, loadedUpTo, dayOf }: RowOptions): Row[] {
  const rows: Row[] = began ? [{ kind: 'began', key: 'began', ...(expired && { expired }) }] : []
  const newAt = firstNew(lines, firstUnread, began)
  const gapAt = loadedUpTo === undefined ? -1 : lines.findIndex(({ seq = Infinity }) => seq > loadedUpTo)
  lines.forEach((line, index) => {
    const previous = lines[index - 1]
    if (index === gapAt) rows.push({ kind: 'gap', key: 'gap' })
    const day = dayOf(line.at)
    const isNewDay = previous === undefined || dayOf(previous.at) !== day
    if (isNewDay) rows.push({ kind: 'day', key: `day ${day} ${line.key}`, at: line.at })
    if (index === newAt) rows.push({ kind: 'new', key: 'new' })
    const head = isNewDay || index === newAt || index === gapAt || !isSameRun(previous, line)
    const above = isNewDay || index === newAt || index === gapAt ? undefined : rows.at(-1)
    const gathered = isPassing(line) && above?.kind === 'line' && isPassing(above.line)
    if (gathered) rows[rows.length - 1] = gatheredRow(above, above.line as NoticeLine, line)
    else rows.push(lineRow(line, head))
  })
  return rows
}

/** Rows of unchanged lines stay the same objects, so that they are not drawn again. */
const drawn = { named: new WeakMap<Line, Row>(), plain: new WeakMap<Line, Row>() }

function lineRow(line: Line, head: boolean): Row {
  const rows = head ? drawn.named : drawn.plain
  const row = rows.get(line) ?? { kind: 'line', key: line.key, line, head }
  rows.set(line, row)
  return row
}

/** People come and go: such notices in a row are one line, the newest of them with those before it. */
const isPassing = (line: Line): line is NoticeLine =>
  line.kind === 'notice' && (line.notice.kind === 'joined' || line.notice.kind === 'left')

const gatherings = new WeakMap<Line, Row>()

/** Its key is the first one's: the row stays the same while others come. */
function gatheredRow(above: Extract<Row, { kind: 'line' }>, last: NoticeLine, line: NoticeLine): Row {
  const before = [...(above.before ?? []), last]
  const known = gatherings.get(line)
  if (known?.kind === 'line' && known.key === above.key && known.before?.length === before.length)
    return known
  const row: Row = { kind: 'line', key: above.key, line, head: true, before }
  gatherings.set(line, row)
  return row
}

/**
 * The place of the "new" line. None if the window begins after the first unread message: the line would be wrong there.
 */
function firstNew(lines: Line[], firstUnread: number | undefined, began: boolean): number {
  if (firstUnread === undefined) return -1
  const index = lines.findIndex(({ seq }) => seq !== undefined && seq >= firstUnread)
  return index > 0 || began || lines[0]?.seq === firstUnread ? index : -1
}

const isSameRun = (previous: Line, line: Line): boolean =>
  isSpoken(previous) &&
  isSpoken(line) &&
  previous.user.id === line.user.id &&
  // One webhook may use many names.
  previous.user.name === line.user.name &&
  line.at - previous.at < runMs

/** The posted message of a row, if it has one. */
export const spokenOf = (row: Row | undefined): MessageLine | undefined =>
  row?.kind === 'line' && isSpoken(row.line) ? row.line : undefined

/** The message with this number, if it is among the rows. */
export function findLine(rows: readonly Row[], seq: number): MessageLine | undefined {
  return spokenOf(rows.findLast((row) => row.kind === 'line' && row.line.seq === seq))
}
