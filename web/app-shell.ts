// The code for signed-in people, in one piece: the app shell, the room, and all its routes. The server preloads it by
// the name of this file.
import rules from './style/inside.css?url&no-inline'
import { loadStyle } from './ui/load-style.ts'

export { default as SignedIn } from './SignedIn.vue'
export { router } from './router.ts'
/** Its rules are there. */
export const styled = loadStyle(rules)
