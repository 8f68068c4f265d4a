// The dialogs about direct conversations, for whatever opens them: who is to be in a new one, and whether somebody is blocked.
import { shallowRef } from 'vue'

interface Named {
  id: string
  name: string
}

/** `with`: who is in it already, of the conversation to which others are added. */
export const newMessage = shallowRef<{ with: readonly Named[] }>()
/** Whoever is to be blocked is asked about first. */
export const blocking = shallowRef<Named>()
/** The conversation that is to become a private room. */
export const converting = shallowRef<{ id: string; isAlone: boolean }>()
