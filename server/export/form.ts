// What an export looks like in each format: a header, a text for each message, and a footer that says up to where it is
// complete. Pure; times are in the requested zone.
import { isOver } from '../protocol/entries/poll.ts'
import type { Message, Reaction, SpokenMessage } from '../protocol/http.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import { brookVersion } from '../version.ts'

export interface Form {
  /** The media type, and the file extension. */
  type: string
  ending: string
  start: (about: About) => string
  message: (message: Message) => string
  end: (end: End) => string
}

export interface About {
  id: string
  kind: RoomKind
  name: string
  topic: string
  from: number
  /** Of a direct room: everybody who is in it. */
  people?: { id: string; name: string }[] | undefined
  /** The id of the Brook that it comes from. */
  installation: string
}

/** The first line of JSON lines. */
export interface Header extends Omit<About, 'kind'> {
  kind: 'room'
  /** Of this file; a reader refuses a higher one. */
  format: 1
  roomKind: RoomKind
  /** The version of the Brook that wrote it. */
  brook: string
  /** In ms since 1970. */
  exportedAt: number
}

export const headerOf = ({ kind, ...about }: About): Header => ({
  kind: 'room',
  format: 1,
  roomKind: kind,
  ...about,
  brook: brookVersion,
  exportedAt: Date.now(),
})

/** Everything from `from` to `upTo` is included; if it is not `complete`, the next export continues at upTo + 1. */
export interface End {
  from: number
  upTo: number
  complete: boolean
}

export const endWords = ({ from, upTo, complete }: End): string =>
  complete
    ? `Complete from #${from} to #${upTo}.`
    : `Not finished: complete from #${from} to #${upTo}. Go on from ${upTo + 1}.`

/** Dates and times of a zone in ISO format, so that they sort and depend on no language. */
export function clockOf(zone: string): { day: (at: number) => string; time: (at: number) => string } {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const words = (at: number): string[] => format.format(at).split(' ')
  return { day: (at) => words(at)[0] ?? '', time: (at) => words(at)[1] ?? '' }
}

/** What happened to a message, if anything, and what kind of poll it is. */
export function marks(message: SpokenMessage): string {
  const { editedAt, deletedAt, pinnedAt, poll } = message
  if (deletedAt !== null) return 'deleted'
  const found = {
    edited: editedAt !== null,
    pinned: pinnedAt !== undefined,
    'several answers': poll?.multiple === true,
    anonymous: poll?.anonymous === true,
    closed: poll !== undefined && isOver(message, Date.now()),
  }
  return Object.entries(found)
    .flatMap(([mark, is]) => (is ? mark : []))
    .join(' · ')
}

export const reactionWords = (reactions: readonly Reaction[]): string =>
  reactions.map(({ emoji, users }) => `${emoji} ${users.map(({ name }) => name).join(', ')}`).join(' · ')
