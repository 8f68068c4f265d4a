// A word that passes: what was refused, and what was done where one cannot see it.
import { toast } from 'vue-sonner'

export const tellRefused = (words: string) => toast.error(words, { duration: 7000 })
export const tellDone = (words: string) => toast(words, { duration: 2500 })
