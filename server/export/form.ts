// What an export looks like in each form: a beginning, a text for each message, and an end that says how far it is
// complete. Pure; the clock is that of the zone it was asked for.
import type { Message, Reaction, SpokenMessage } from '../protocol/http.ts'

export interface Form {
  /** The media type, and how a file of it is called. */
  type: string
  ending: string
  start: (about: About) => string
  message: (message: Message) => string
  end: (end: End) => string
}

export interface About {
  name: string
  topic: string
  from: number
}

/** Everything from `from` up to `upTo` is there; where it is not `complete`, the next export goes on from upTo + 1. */
export interface End {
  from: number
  upTo: number
  complete: boolean
}

export const endWords = ({ from, upTo, complete }: End): string =>
  complete
    ? `Complete from #${from} to #${upTo}.`
    : `Not finished: complete from #${from} to #${upTo}. Go on from ${upTo + 1}.`

/** Days and times of a zone as ISO writes them, so that they sort and no language is chosen. */
export function clockOf(zone: string): { day: (at: number) => string; time: (at: number) => string } {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  })
  const words = (at: number): string[] => format.format(at).split(' ')
  return { day: (at) => words(at)[0] ?? '', time: (at) => words(at)[1] ?? '' }
}

/** What became of a message, where something did. */
export const marks = ({ editedAt, deletedAt, pinnedAt }: SpokenMessage): string =>
  deletedAt !== null
    ? 'deleted'
    : [...(editedAt === null ? [] : ['edited']), ...(pinnedAt === undefined ? [] : ['pinned'])].join(' · ')

export const reactionWords = (reactions: readonly Reaction[]): string =>
  reactions.map(({ emoji, users }) => `${emoji} ${users.map(({ name }) => name).join(', ')}`).join(' · ')
