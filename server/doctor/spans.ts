// The numbers of rooms in pieces that one statement looks at: a large room in many, and many small rooms in one.
import type { Db, Param, Queryable } from '../db.ts'
import type { RoomMoment } from './moment.ts'

/** Numbers of a room, both inclusive. */
export interface Span {
  room: string
  from: number
  to: number
}

/** Numbers that one statement counts or joins: some tenths of a second. */
export const spanNumbers = 50_000
/** Rows that are read into this process at once. */
export const pageNumbers = 2_000
/** Of one statement. */
const maxSpans = 50

/** What MySQL has of these rooms, in lists of at most `numbers` numbers. */
export function* spansOf(rooms: readonly RoomMoment[], numbers: number): Generator<Span[]> {
  let spans: Span[] = []
  let left = numbers
  for (const { id, archived } of rooms)
    for (let from = 1; from <= archived;) {
      const to = Math.min(archived, from + left - 1)
      spans.push({ room: id, from, to })
      left -= to - from + 1
      from = to + 1
      if (left > 0 && spans.length < maxSpans) continue
      yield spans
      spans = []
      left = numbers
    }
  if (spans.length > 0) yield spans
}

export const numbersIn = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from + 1, 0)

/**
 * The rows of one SELECT about a span, for all of them in one statement, each with its room as `room`. In `sql`, `:room`, `:from` and
 * `:to` stand for those of the span.
 */
export async function overSpans<Row extends object>(
  db: Db | Queryable,
  spans: readonly Span[],
  sql: string,
): Promise<(Row & { room: string })[]> {
  const places: ('room' | 'from' | 'to')[] = []
  const text = sql.replaceAll(/:(room|from|to)\b/g, (_, name: 'room' | 'from' | 'to') => {
    places.push(name)
    return '?'
  })
  const params = spans.flatMap((span, which): Param[] => [
    which,
    ...places.map((name) => (name === 'room' ? BigInt(span.room) : span[name])),
  ])
  const one = `(SELECT ? AS span, found.* FROM (${text}) AS found)`
  const rows = await db.rows<Row & { span: number | string }>(
    spans.map(() => one).join(' UNION ALL '),
    params,
  )
  return rows.map((row) => ({ ...row, room: spans[Number(row.span)]?.room ?? '' }))
}
