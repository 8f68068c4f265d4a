// The code of the inside in one piece: the shell, the room, and the addresses of all that is there.
export { default as Inside } from './Inside.vue'
export { router } from './router.ts'
