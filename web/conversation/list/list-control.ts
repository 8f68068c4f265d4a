// How the rest of a conversation moves its list, whether it is on screen or not.
import { nextTick } from 'vue'
import type { Place } from '../pages/place.ts'
import type { Timeline } from '../timeline.ts'

export interface ListHandle {
  toEnd: () => unknown
  toPlace: (place: Place) => unknown
  /** Gives the focus to the message of this row. False: it is not drawn. */
  focusRow: (key: string) => boolean
  /** Gives it to the list. */
  focus: () => unknown
}

/** Does nothing while no list is on screen. */
export interface ListControl extends ListHandle {
  /** The list is on screen; undefined: it no longer is. */
  attach: (handle: ListHandle | undefined) => void
}

/** Shows what this person has just said, from wherever they are reading. */
export async function showNewest(timeline: Timeline, list: Pick<ListHandle, 'toEnd'>): Promise<void> {
  if (timeline.hasAfter) void timeline.toNewest()
  await nextTick()
  await list.toEnd()
}

export function useListControl(): ListControl {
  let list: ListHandle | undefined
  return {
    attach: (handle) => (list = handle),
    toEnd: () => list?.toEnd(),
    toPlace: (place) => list?.toPlace(place),
    focusRow: (key) => list?.focusRow(key) === true,
    focus: () => list?.focus(),
  }
}
