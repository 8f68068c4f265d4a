// The choices of the quick switcher for a typed text: rooms, people, places of the app, and actions on the text itself.
// Pure.
import { nameKey } from '../../server/protocol/names.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { isSeenByAll } from '../../server/protocol/room-kinds.ts'
import { fit, type Mark } from './fit.ts'

/** Rooms and people that are offered: what a person scans before typing another letter. */
const max = { rooms: 40, people: 8, open: 12 } as const
/**
 * Membership, unread messages and a recent visit outweigh a better match by this much; a room's name that it has outweighs one
 * that another had.
 */
const worth = { joined: 5, unread: 4, recent: 3, present: 10 } as const

/** Pages have long names, which nearly everything would match letter by letter: they need a longer match. */
const minForPlaces = 30

export interface PlaceOffer {
  /** Names the place once it is chosen. */
  key: string
  words: string
}

export interface Known {
  joined: readonly RoomSummary[]
  open: readonly RoomSummary[]
  /** The room on screen. */
  here: string | undefined
  /** Rooms by the last visit, most recent first. */
  recent: readonly string[]
  people: readonly string[]
  places: readonly PlaceOffer[]
}

export type Choice = { key: string; name: string; marks: readonly Mark[] } & (
  | { kind: 'room' | 'join'; room: RoomSummary; /** The former name by which it was found. */ was?: string }
  | { kind: 'person' }
  | { kind: 'place'; place: string }
  | { kind: 'search' | 'create' }
)
export interface Section {
  title: 'unread' | 'rooms' | 'open' | 'people' | 'more'
  choices: Choice[]
}

/** In the order they are offered; empty sections are left out. `#` limits to rooms, `@` to people. */
export function choicesFor(typed: string, known: Known): Section[] {
  const words = typed.trim()
  const only = words.startsWith('#') ? 'rooms' : words.startsWith('@') ? 'people' : undefined
  const wanted = wantedIn(words)
  const sections =
    words === ''
      ? [...atRest(known), { title: 'more' as const, choices: placesFor('', known) }]
      : [
          ...(only === 'people' ? [] : [{ title: 'rooms' as const, choices: roomsFor(wanted, known) }]),
          ...(only === 'rooms'
            ? []
            : [{ title: 'people' as const, choices: peopleFor(wanted, known, only) }]),
          {
            title: 'more' as const,
            choices: [...(only ? [] : placesFor(wanted, known)), ...withWords(wanted, only, known)],
          },
        ]
  return sections.filter(({ choices }) => choices.length > 0)
}

/** By which people are searched: nothing, where only rooms are asked for. */
export const peopleWords = (typed: string): string =>
  typed.trim().startsWith('#') ? '' : wantedIn(typed.trim())

const wantedIn = (words: string): string => words.replace(/^[#@]+\s*/u, '')

/** Nothing is typed: the most likely choices. */
function atRest({ joined, open, here, recent }: Known): Section[] {
  const others = joined.filter(({ id }) => id !== here)
  const unread = others.filter((room) => room.unread > 0)
  const named = ({ mentions = 0 }: RoomSummary) => Number(mentions > 0)
  unread.sort((a, b) => named(b) - named(a) || (b.lastAt ?? 0) - (a.lastAt ?? 0))
  const at = (room: RoomSummary) => (recent.includes(room.id) ? recent.indexOf(room.id) : Infinity)
  const rest = others.filter((room) => room.unread === 0)
  rest.sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)))
  return [
    { title: 'unread', choices: unread.slice(0, max.rooms).map((room) => roomChoice(room)) },
    { title: 'rooms', choices: rest.slice(0, max.rooms).map((room) => roomChoice(room)) },
    { title: 'open', choices: open.slice(0, max.open).map((room) => roomChoice(room)) },
  ]
}

const roomChoice = (room: RoomSummary, marks: readonly Mark[] = [], was?: string): Choice => ({
  kind: room.joined ? 'room' : 'join',
  key: `room ${room.id}`,
  name: room.name,
  marks,
  room,
  ...(was === undefined ? {} : { was }),
})

function roomsFor(wanted: string, { joined, open, recent }: Known): Choice[] {
  const found = [...joined, ...open].flatMap((room) => {
    const fits: Fit | undefined = fit(room.name, wanted) ?? formerFit(room, wanted)
    if (fits === undefined) return []
    const at = recent.indexOf(room.id)
    const lately = at < 0 ? 0 : worth.recent / (at + 1)
    const more = (room.joined ? worth.joined : 0) + (room.unread > 0 ? worth.unread : 0) + lately
    return [{ choice: roomChoice(room, fits.marks, fits.was), score: fits.score + more }]
  })
  return best(found, max.rooms)
}

interface Fit {
  score: number
  marks: readonly Mark[]
  was?: string
}

/** Of the names that a room had of late, the one that fits best; what is marked is in no name that is shown. */
function formerFit({ formerly = [] }: RoomSummary, wanted: string): Fit | undefined {
  const fits = formerly.flatMap((was) => {
    const found = fit(was, wanted)
    return found === undefined ? [] : [{ was, marks: [], score: found.score - worth.present }]
  })
  return fits.sort((a, b) => b.score - a.score)[0]
}

/** Whoever is offered as a direct room already is not offered twice. */
function peopleFor(wanted: string, { people, joined }: Known, only: 'people' | undefined): Choice[] {
  const withOne = joined.flatMap(({ people: others = [] }) => (others.length === 1 ? others : []))
  const offered = new Set(only === 'people' ? [] : withOne.map(({ name }) => name))
  const found = people.flatMap((name) => {
    if (offered.has(name)) return []
    const fits = fit(name, wanted)
    const choice = { kind: 'person', key: `person ${name}`, name, marks: fits?.marks ?? [] } as const
    return fits === undefined ? [] : [{ choice, score: fits.score }]
  })
  return best(found, max.people)
}

function placesFor(wanted: string, { places }: Known): Choice[] {
  const found = places.flatMap(({ key, words }) => {
    const fits = fit(words, wanted)
    if (wanted !== '' && (fits?.score ?? 0) <= minForPlaces) return []
    const choice = {
      kind: 'place',
      key: `place ${key}`,
      name: words,
      place: key,
      marks: fits?.marks ?? [],
    } as const
    return [{ choice, score: wanted === '' ? 0 : (fits?.score ?? 0) }]
  })
  return best(found, places.length)
}

/** The actions on the typed text. */
function withWords(wanted: string, only: 'rooms' | 'people' | undefined, { joined, open }: Known): Choice[] {
  if (wanted === '' || only === 'people') return []
  const key = nameKey(wanted)
  const isTaken = [...joined, ...open].some(({ name, kind, formerly = [] }) =>
    [name, ...(isSeenByAll(kind) ? formerly : [])].some((one) => nameKey(one) === key),
  )
  const search: Choice = { kind: 'search', key: 'search', name: wanted, marks: [] }
  const create: Choice = { kind: 'create', key: 'create', name: wanted, marks: [] }
  return [...(only === 'rooms' ? [] : [search]), ...(isTaken ? [] : [create])]
}

const best = (found: { choice: Choice; score: number }[], max: number): Choice[] =>
  found
    .sort((a, b) => b.score - a.score)
    .slice(0, max)
    .map(({ choice }) => choice)
