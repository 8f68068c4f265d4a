// What screen readers say about things that happen away from the focus. The whole app has one polite and one assertive
// live region (LiveRegions.vue); everybody who has something to say says it here.
import { shallowReactive } from 'vue'
import { langOf } from '../text/script-lang.ts'

export interface Announcement {
  /** Increasing: the same words twice in a row are two announcements. */
  id: number
  words: string
  lang: string | undefined
}

/** Long enough to be read; a screen reader that comes by later does not find old news. */
const keptMs = 15_000

export const polite = shallowReactive<Announcement[]>([])
export const assertive = shallowReactive<Announcement[]>([])
let last = 0

/** Said when the screen reader has finished its sentence. `about`: the part whose script decides the language. */
export const announce = (words: string, about = words): void => add(polite, words, about)

/** Said at once: something went wrong that the person has to know. */
export const announceNow = (words: string, about = words): void => add(assertive, words, about)

function add(region: Announcement[], words: string, about: string): void {
  const one: Announcement = { id: (last += 1), words, lang: langOf(about) }
  region.push(one)
  setTimeout(() => region.splice(region.indexOf(one), 1), keptMs)
}
