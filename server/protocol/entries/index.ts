// Functions over all kinds of entries (kinds.ts lists them). Whatever parses, folds, archives, reads, searches,
// exports or forwards entries calls these; an entry of an unknown kind keeps its number and shows nothing.
import type { Message, SpokenMessage } from '../http.ts'
import type { ChangeKind, Common, NoticeKind, SpokenKind, UnknownEvent } from './kind.ts'
import { kinds } from './kinds.ts'
import { blankEvent } from './message.ts'

type Kinds = typeof kinds
export type EntryType = keyof Kinds

/** The types that become this. */
export type TypeThat<Makes> = {
  [Type in EntryType]: Kinds[Type] extends { makes: Makes } ? Type : never
}[EntryType]
type EventThat<Makes> = Exclude<ReturnType<Kinds[TypeThat<Makes>]['parse']>, string>

/** What somebody posted. */
export type SpokenEvent = EventThat<'message'>
export type NoticeEvents = EventThat<'notice'>
/** A change of an existing message: `target` is the message's number, `seq` the change's own. */
export type ChangeEvent = EventThat<'change'>
/** What has a number: the entries of a room's log, as they are sent live. */
export type EntryEvent = SpokenEvent | NoticeEvents | ChangeEvent | UnknownEvent

type Without<Event> = Event extends unknown ? Omit<Event, keyof Common> : never
/** What an event says beyond the common fields. `at`: when it was sent elsewhere, for imports. */
export type DraftBody = (Without<SpokenEvent | NoticeEvents> & { at?: number }) | Without<ChangeEvent>

export type Kind = SpokenKind<SpokenEvent> | NoticeKind<NoticeEvents> | ChangeKind<ChangeEvent>

// A map, because a type read from the log may be `__proto__`.
const byType: ReadonlyMap<string, Kind> = new Map<string, Kind>(Object.entries(kinds))
const typesThat = (makes: Kind['makes']): string[] =>
  [...byType].flatMap(([type, kind]) => (kind.makes === makes ? [type] : []))

/** The types of what people post: of entries, and of messages and their rows (`kind`). */
export const spokenTypes: readonly string[] = typesThat('message')
const spoken: ReadonlySet<string> = new Set(spokenTypes)
const changes: ReadonlySet<string> = new Set(typesThat('change'))

/** Undefined for a type that this version does not know. */
export const kindOf = (type: string): Kind | undefined => byType.get(type)

export const isSpokenEvent = (entry: { type: string }): entry is SpokenEvent => spoken.has(entry.type)
export const isChange = (entry: { type: string }): entry is ChangeEvent => changes.has(entry.type)

const kindOfChange = ({ type }: Pick<ChangeEvent, 'type'>): ChangeKind<ChangeEvent> => kinds[type]

/** A message that is not deleted, after a change. */
export const foldChange = (message: SpokenMessage, change: ChangeEvent): SpokenMessage =>
  kindOfChange(change).fold(message, change)

/** What a change does to the text of its message. */
export const wordsAfter = (change: ChangeEvent): 'kept' | 'replaced' | 'gone' => kindOfChange(change).words

const ending: ReadonlySet<string> = new Set(
  [...byType].flatMap(([type, kind]) => (kind.makes === 'change' && kind.words === 'gone' ? [type] : [])),
)

/** After it a message has no text, and nothing changes it any more. */
export const endsMessage = (entry: { type: string }): boolean => ending.has(entry.type)

/** An entry without its content, for a deleted message: its number and its place stay. */
export function blanked(entry: EntryEvent): EntryEvent {
  if (isSpokenEvent(entry)) return blankEvent(entry)
  return isChange(entry) ? (kindOfChange(entry).blank?.(entry) ?? entry) : entry
}

/** The types of changes that say something: it goes with the words of their message. */
export const sayingTypes: readonly string[] = [...byType].flatMap(([type, kind]) =>
  kind.makes === 'change' && kind.blank !== undefined ? [type] : [],
)
const saying: ReadonlySet<string> = new Set(sayingTypes)
export const saysSomething = (entry: { type: string }): entry is ChangeEvent => saying.has(entry.type)

/** The fields of a message that are stored as the result of folding changes, of all kinds. */
export const stateFields: readonly string[] = [...byType.values()].flatMap((kind) =>
  kind.makes === 'change' ? (kind.state ?? []) : [],
)

/** The event of a message, as it was sent live; undefined for a row of a kind that this version does not know. */
export function toEvent(room: string, message: Message): EntryEvent | undefined {
  const kind = byType.get(message.kind)
  switch (kind?.makes) {
    case 'message':
      return kind.toEvent(room, message as SpokenMessage)
    case 'notice':
      return kind.toEvent(room, message)
    case 'change':
    case undefined:
      return undefined
  }
}

/** Whether the text of a message can be edited. */
export const isEditable = ({ kind }: Pick<SpokenMessage, 'kind'>): boolean => kinds[kind].isFixed !== true

/** The content of a message as plain text. */
export const wordsOf = (message: SpokenMessage): string => kinds[message.kind].words(message)
