// What of a message is searched besides its words: its files, by their names, by what they show, and by their kinds. Pure.
import type { FileRef } from '../../protocol/files.ts'
import type { HasKind } from '../../protocol/query.ts'

/** What a file is called and what it shows: its words. */
export const wordsOfFile = ({ name, alt }: FileRef): string => (alt === undefined ? name : `${name}\n${alt}`)

const hasLink = (text: string): boolean => /https?:\/\/\S/i.test(text)
const hasCode = (text: string): boolean => /`[^`]+`/.test(text)

interface Said {
  text: string
  files?: readonly FileRef[] | undefined
}

const some =
  (...kinds: readonly FileRef['kind'][]) =>
  ({ files = [] }: Said): boolean =>
    files.some(({ kind }) => kinds.includes(kind))

/** What `has:` asks of what was said; reactions come later, and the index has nothing of them. */
export const hasIt: Record<Exclude<HasKind, 'reaction'>, (said: Said) => boolean> = {
  link: ({ text }) => hasLink(text),
  code: ({ text }) => hasCode(text),
  file: ({ files = [] }) => files.length > 0,
  image: some('image'),
  video: some('video'),
  audio: some('audio', 'voice'),
  pdf: some('pdf'),
}
export const indexedKinds = Object.keys(hasIt) as (keyof typeof hasIt)[]
