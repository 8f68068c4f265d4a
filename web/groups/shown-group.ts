// The group whose dialog is open, for whatever leads to it, such as a message that mentions it.
import { shallowRef } from 'vue'

/** Its id; undefined: none is open. */
export const shownGroup = shallowRef<string>()
