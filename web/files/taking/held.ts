// The files that somebody has taken here and that are not in the log yet, as all screens see them: filled by the engine,
// which is loaded when there is one. What is in it is small; the bytes are in kept-files.ts.
import { shallowReactive } from 'vue'
import type { FileRef, UploadFacts } from '../../../server/protocol/files.ts'
import type { Attached } from '../../wire/outgoing.ts'
import type { Refusal } from '../../wire/refusal.ts'

/** A file, as this browser keeps it. Replaced as a whole when something of it changes. */
export interface HeldFile {
  key: string
  user: string
  /** The draft that it belongs to; '': to a message in the outbox; `~cid`: to one that is put aside. */
  place: string
  /** Its place in the draft. */
  order: number
  at: number
  shown: Attached['shown']
  /** Names its upload: the same name is the same upload. */
  facts: UploadFacts
  /** Where its upload was begun. */
  url?: string
  /** The server has all of it. */
  ref?: FileRef
  isPaused?: boolean
  /** Why it cannot be uploaded. */
  refusal?: Refusal
}

/** What is true of it at the moment, and stored nowhere. */
export interface Going {
  /** Bytes that are there or on their way. */
  sent: number
  /** A small picture of it. */
  thumb?: string
  /** This browser could not keep its bytes: only this tab has them. */
  isLoose?: boolean
  /** Why it does not go on just now. */
  trouble?: Refusal | undefined
}

export const held = shallowReactive(new Map<string, HeldFile>())
export const going = shallowReactive(new Map<string, Going>())

export const nothingSent: Going = { sent: 0 }
export const goingOf = (key: string): Going => going.get(key) ?? nothingSent
export const setGoing = (key: string, change: Partial<Going>): void =>
  void going.set(key, { ...goingOf(key), ...change })

/** The files of a draft of this person, in order. */
export const filesIn = (place: string, user: string): HeldFile[] =>
  [...held.values()]
    .filter((file) => isDraft(place) && file.place === place && file.user === user)
    .sort((a, b) => a.order - b.order)

/** A draft has files; known before the engine is loaded, and gone with whoever signs out. */
export const markOf = (user: string, place: string): string => `brook.files.${user}.${place}`

/** A message that was not sent, and may still be taken back: its files are shown nowhere. */
export const putAside = (cid: string): string => `~${cid}`

export const isDraft = (place: string): boolean => place !== '' && !place.startsWith('~')
