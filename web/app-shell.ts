// The code for signed-in people, in one piece: the app shell, the room, and all its routes. The server preloads it by
// the name of this file.
export { default as SignedIn } from './SignedIn.vue'
export { router } from './router.ts'
