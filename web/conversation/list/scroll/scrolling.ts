// The inputs of a list that scrolls, and the state that the parts of its scrolling share. Types only.
import type { Virtualizer } from '@tanstack/vue-virtual'
import type { ComputedRef, Ref } from 'vue'
import type { Row } from '../../lines/line.ts'
import type { Place } from '../../pages/place.ts'
import type { useReaderRow } from './reader-row.ts'

export interface Scrolling {
  rows: ComputedRef<Row[]>
  /** Pixels above the first row: the height of the edge while there is more to load. */
  edge: ComputedRef<number>
  hasBefore: ComputedRef<boolean>
  hasAfter: ComputedRef<boolean>
  scroller: Ref<HTMLElement | null>
  /** The key of the row that stays drawn wherever the reader scrolls: the one that has the focus, or will have it. */
  keeps: () => string | undefined
  needBefore: () => void
  needAfter: () => void
  /** The newest number that is entirely on screen, and the first one. */
  sees: (seq: number, from: number) => void
  /** Where it begins, if not at the newest. */
  start: Place | undefined
  /** The reader was led to this message. */
  placed: (seq: number) => void
  /** Where the reader is; undefined at the newest. */
  isAt: (place: Place | undefined) => void
  /** The message the reader was led to is no longer on screen. */
  left: () => void
}

export interface ListStanding {
  /** The reader is at the newest, and new messages are followed. */
  pinned: Ref<boolean>
  /** The list is scrolled to where it begins; before that it is hidden. */
  placed: Ref<boolean>
  /** Blank space above the edge, if what is above the reader's row has shrunk by more than can be scrolled. */
  slack: Ref<number>
}

/** A list as it is drawn: its inputs, its position, its virtualizer, and the reader's row. */
export interface ScrollingList extends ListStanding {
  given: Scrolling
  virtual: Ref<Virtualizer<HTMLElement, Element>>
  reader: ReturnType<typeof useReaderRow>
}
