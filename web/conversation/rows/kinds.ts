// The kinds of rows: the component that draws each, and its estimated height. A new kind is its component and a line
// here; posted messages are drawn inside MessageFrame, and their height is frameHeight plus their own.
import type { Component } from 'vue'
import type { Row, RowKind, RowOf } from '../lines/line.ts'
import began from './began.vue'
import day from './day.vue'
import gap from './gap.vue'
import { messageHeight } from './message-height.ts'
import message from './message.vue'
import newMark from './new.vue'
import note from './note.vue'
import notice from './notice.vue'
import poll from './poll.vue'
import replies from './replies.vue'

interface KindOfRow<Kind extends RowKind> {
  /** Receives the row as `row`. */
  component: Component
  /** An estimate, in pixels, until it has been drawn; the closer it is, the steadier the scroll bar. */
  height: number | ((row: RowOf<Kind>, listWidth: number) => number)
}

const kinds: { [Kind in RowKind]: KindOfRow<Kind> } = {
  message: { component: message, height: messageHeight },
  poll: { component: poll, height: ({ line }) => 104 + 42 * (line.poll?.options.length ?? 0) },
  notice: { component: notice, height: 28 },
  note: { component: note, height: 72 },
  began: { component: began, height: 172 },
  day: { component: day, height: 44 },
  new: { component: newMark, height: 36 },
  gap: { component: gap, height: 40 },
  replies: { component: replies, height: 36 },
}

/** The row's own kind: the table has rows of each kind, which a union type cannot express. */
const kindOf = (row: Row) => kinds[row.kind === 'line' ? row.line.kind : row.kind] as KindOfRow<RowKind>

export const rowComponentOf = (row: Row): Component => kindOf(row).component

/** `listWidth` and the result are in pixels. */
export function guessHeight(row: Row, listWidth: number): number {
  const { height } = kindOf(row)
  return typeof height === 'number' ? height : height(row as RowOf<RowKind>, listWidth)
}
