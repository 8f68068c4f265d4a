// Short messages: what was refused, and what was done out of sight.
import { toast } from 'vue-sonner'

export const tellRefused = (words: string) => toast.error(words, { duration: 7000 })
export const tellDone = (words: string) => toast(words, { duration: 2500 })
