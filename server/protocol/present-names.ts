// What people are called now, wherever they are shown: a message keeps the id of whoever said it, and the name they had then. The
// same on the server and in the browser. Pure.
import type { EntryEvent } from './entries/index.ts'
import type { Message, Notice, SpokenMessage } from './http.ts'
import type { Mention } from './message.ts'

/** The name of somebody who was called otherwise before (`was`); undefined: they are called so still. */
export type NameOf = (id: string, was: string) => string | undefined

/** The same object, if they are still called so. */
export function personNow<Of extends { id: string; name: string }>(person: Of, nameOf: NameOf): Of {
  const name = nameOf(person.id, person.name)
  return name === undefined || name === person.name ? person : { ...person, name }
}

/** A message as it is to be read now; the same object if nobody in it has another name. */
export function messageNow<Of extends Message>(message: Of, nameOf: NameOf): Of {
  const shown: Message = message
  const next: Message =
    shown.kind === 'notice'
      ? { ...shown, user: personNow(shown.user, nameOf), notice: noticeNow(shown.notice, nameOf) }
      : spokenNow(shown, nameOf)
  return isSame(shown, next) ? message : (next as Of)
}

/** An entry, as somebody who was away hears of it. */
export function eventNow<Of extends EntryEvent>(event: Of, nameOf: NameOf): Of {
  if (!('user' in event)) return event
  const next: Record<string, unknown> = { ...event, user: personNow(event.user, nameOf) }
  if ('notice' in event) next['notice'] = noticeNow(event.notice, nameOf)
  if ('mentions' in event && event.mentions !== undefined)
    next['mentions'] = mentionsNow(event.mentions, nameOf)
  return next as unknown as Of
}

function spokenNow(message: SpokenMessage, nameOf: NameOf): SpokenMessage {
  const { mentions, pinnedBy, threaded, votes } = message
  const next: SpokenMessage = {
    ...message,
    user: personNow(message.user, nameOf),
    reactions: eachNow(message.reactions, (one) => withList(one, 'users', (who) => personNow(who, nameOf))),
  }
  if (mentions !== undefined) next.mentions = mentionsNow(mentions, nameOf)
  if (pinnedBy !== undefined) next.pinnedBy = personNow(pinnedBy, nameOf)
  if (threaded !== undefined) next.threaded = withList(threaded, 'people', (who) => personNow(who, nameOf))
  if (votes !== undefined)
    next.votes = eachNow(votes, (vote) => {
      // An anonymous vote has none.
      if (vote.name === undefined) return vote
      const name = nameOf(vote.voter, vote.name)
      return name === undefined || name === vote.name ? vote : { ...vote, name }
    })
  return next
}

const noticeNow = (notice: Notice, nameOf: NameOf): Notice => {
  if ('people' in notice && notice.people !== undefined) {
    const people = eachNow(notice.people, (one) => personNow(one, nameOf))
    return people === notice.people ? notice : { ...notice, people }
  }
  if (!('person' in notice)) return notice
  const person = personNow(notice.person, nameOf)
  return person === notice.person ? notice : { ...notice, person }
}

/** Of a name that means one person, what it is by now. */
const mentionsNow = (mentions: Mention[], nameOf: NameOf): Mention[] =>
  eachNow(mentions, (mention) => {
    const [id, other] = mention.ids
    if (id === undefined || other !== undefined || mention.group !== undefined) return mention
    if (isForAll.test(mention.name)) return mention
    const now = nameOf(id, mention.now ?? mention.name)
    return now === undefined || now === (mention.now ?? mention.name) ? mention : { ...mention, now }
  })

/** Nobody is called so. */
const isForAll = /^(?:room|here)$/iu

/** The same array, if each stays the same. */
function eachNow<Of>(all: Of[], now: (one: Of) => Of): Of[] {
  const next = all.map(now)
  return next.every((one, at) => one === all[at]) ? all : next
}

function withList<Of extends object, Key extends keyof Of>(
  whole: Of,
  key: Key,
  now: Of[Key] extends (infer Item)[] ? (one: Item) => Item : never,
): Of {
  const list = whole[key] as unknown[]
  const next = eachNow(list, now as (one: unknown) => unknown)
  return next === list ? whole : { ...whole, [key]: next }
}

const isSame = (one: object, other: object): boolean =>
  Object.entries(other).every(([name, value]) => (one as Record<string, unknown>)[name] === value)
