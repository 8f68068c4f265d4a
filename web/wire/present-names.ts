// What people are called now, as far as this page has heard since it opened: what it shows of them may have come before they were
// renamed. Read by whatever shows a name.
import { shallowReactive } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import { messageNow, personNow, type NameOf } from '../../server/protocol/present-names.ts'
import type { FeedEvent } from './feed-events.ts'

const names = shallowReactive(new Map<string, string>())
/** A message that is drawn stays the same object for as long as nobody in it is renamed. */
let drawn = new WeakMap<Message, Message>()

export const nameOf: NameOf = (id) => names.get(id)

/** The same object, if they are still called so. */
export const asNow = <Of extends { id: string; name: string }>(person: Of): Of => personNow(person, nameOf)

export function messagesNow(messages: readonly Message[]): readonly Message[] {
  if (names.size === 0) return messages
  return messages.map((message) => {
    const known = drawn.get(message)
    if (known !== undefined) return known
    const now = messageNow(message, nameOf)
    drawn.set(message, now)
    return now
  })
}

/** News of the feed; the welcome has whom this page may have missed. */
export function hearNames(event: FeedEvent): void {
  if (event.type === 'renamed') learn(event.people)
  // The last of them is first.
  else if (event.type === 'welcome') learn(event.renamed?.toReversed() ?? [])
}

function learn(people: readonly { id: string; name: string }[]): void {
  drawn = new WeakMap()
  for (const { id, name } of people) if (names.get(id) !== name) names.set(id, name)
}

/** Somebody else is signed in. */
export function forgetNames(): void {
  drawn = new WeakMap()
  names.clear()
}
