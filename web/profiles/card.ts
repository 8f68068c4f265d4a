// The profile card that is open, and where: one at a time, whatever was clicked.
import { shallowRef } from 'vue'

export interface CardOf {
  person: { id: string; name: string; bot?: boolean | undefined }
  /** What was clicked: the card is beside it, and it gets the focus back. */
  anchor: HTMLElement
}

export const shownCard = shallowRef<CardOf>()

export function openCard(person: CardOf['person'], anchor: HTMLElement): void {
  shownCard.value = shownCard.value?.anchor === anchor ? undefined : { person, anchor }
}
