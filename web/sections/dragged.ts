// What is being dragged in the pane of rooms, and where it would be dropped.
import { shallowReactive } from 'vue'

interface Dragged {
  what: 'room' | 'section' | undefined
  id: string
  /** The section over which it is, and the room or section before which it would be; '': at the end. */
  over: string | undefined
  before: string | undefined
}

export const dragged = shallowReactive<Dragged>({
  what: undefined,
  id: '',
  over: undefined,
  before: undefined,
})

export function startDrag(event: DragEvent, what: 'room' | 'section', id: string): void {
  // Firefox drags nothing without data; text, so that it can be dropped nowhere else by mistake.
  event.dataTransfer?.setData('text/plain', '')
  if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = 'move'
  Object.assign(dragged, { what, id, over: undefined, before: undefined })
}

export function endDrag(): void {
  Object.assign(dragged, { what: undefined, id: '', over: undefined, before: undefined })
}

/** Whether the pointer is in the lower half of what it is over. */
export function isBelow(event: DragEvent): boolean {
  const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return event.clientY > top + height / 2
}
