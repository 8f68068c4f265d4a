// What people are called now, as far as this page has heard since it opened: what it shows of them may have come before they were
// renamed. Read by whatever shows a name.
import { computed, ref, shallowReactive } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import { formerMember } from '../../server/protocol/former-member.ts'
import { messageNow, personNow, type NameOf } from '../../server/protocol/present-names.ts'
import { language, t } from '../words/words.ts'
import type { FeedEvent } from './feed-events.ts'

const names = shallowReactive(new Map<string, string>())
const news = ref(0)
/** A message that is drawn stays the same object for as long as nobody is renamed, and the language is the same. */
const drawn = computed(() => ({
  since: `${news.value} ${language()}`,
  messages: new WeakMap<Message, Message>(),
}))

/** `was`: as the server has it, which has one name in one language for those whose accounts have ended. */
export const nameOf: NameOf = (id, was) => {
  const name = names.get(id) ?? was
  return name === formerMember ? t('people.former') : name
}

/** The same object, if they are still called so. */
export const asNow = <Of extends { id: string; name: string }>(person: Of): Of => personNow(person, nameOf)

export function messagesNow(messages: readonly Message[]): readonly Message[] {
  const known = drawn.value.messages
  return messages.map((message) => {
    const now = known.get(message) ?? messageNow(message, nameOf)
    known.set(message, now)
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
  const renamed = people.filter(({ id, name }) => names.get(id) !== name)
  for (const { id, name } of renamed) names.set(id, name)
  if (renamed.length > 0) news.value += 1
}

/** Somebody else is signed in. */
export function forgetNames(): void {
  names.clear()
  news.value += 1
}
