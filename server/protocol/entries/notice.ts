// Something that happened to a room and is not a message. `user` did it; `person` is whom it happened to, if somebody
// else.
import type { Message, Notice } from '../http.ts'
import type { Person } from '../people.ts'
import { isSettingName, isValueOf } from '../room-settings.ts'
import type { NoticeKind } from './kind.ts'

export interface NoticeEvent {
  type: 'notice'
  room: string
  seq: number
  user: Person
  at: number
  notice: Notice
}

export const notice: NoticeKind<NoticeEvent> = {
  makes: 'notice',
  parse({ room, seq, user, at: taken }, { notice: what, at }) {
    if (!isNotice(what)) return 'a bad notice'
    return { type: 'notice', room, seq, at: isTime(at) ? at : taken, user, notice: what }
  },
  toMessage: ({ seq, user, at, notice: what }) => ({
    kind: 'notice',
    seq,
    updatedSeq: seq,
    user,
    at,
    notice: what,
  }),
  toEvent(room, message) {
    const { seq, user, at, notice: what } = message as Message & { kind: 'notice' }
    return { type: 'notice', room, seq, user, at, notice: what }
  },
}

const isTime = (raw: unknown): raw is number => Number.isSafeInteger(raw) && Number(raw) >= 0

/** A kind that this version does not know may have any fields. */
function isNotice(raw: unknown): raw is Notice {
  if (typeof raw !== 'object' || raw === null) return false
  const { kind, person, role, ...more } = raw as Record<string, unknown>
  if (kind === 'added' || kind === 'removed') return isPerson(person)
  if (kind === 'created' && 'people' in more)
    return Array.isArray(more['people']) && more['people'].every(isPerson)
  if (isSettingName(kind)) return isValueOf(kind, more[kind])
  if (kind === 'asked_private' || kind === 'made_private') return typeof more['name'] === 'string'
  if (kind === 'deleted') return typeof more['shown'] === 'boolean'
  if (kind === 'lost') return isTime(more['from']) && isTime(more['to'])
  if (kind === 'role')
    return (
      isPerson(person) && typeof role === 'string' && ['string', 'undefined'].includes(typeof more['own'])
    )
  return typeof kind === 'string'
}

function isPerson(raw: unknown): raw is Person {
  if (typeof raw !== 'object' || raw === null) return false
  const { id, name } = raw as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string'
}
