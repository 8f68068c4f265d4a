// Own changes as shown before their entries arrive: the same fold, over what is being sent. Pure.
import type { ChangeEvent } from '../../../server/protocol/events.ts'
import type { Message } from '../../../server/protocol/http.ts'
import type { Person } from '../../../server/protocol/people.ts'
import { withChange } from '../../../server/protocol/timeline.ts'
import { changeFrom, type OutgoingChange } from '../../wire/outgoing.ts'

/** A change without a number comes after everything that has one. */
const afterAll = Number.MAX_SAFE_INTEGER - 1_000_000

interface Shown {
  messages: readonly Message[]
  /** An own change of this message is being sent, or was refused. */
  isChanged: (message: Message) => boolean
}

/**
 * The messages with own changes applied: `made` have their number and wait for their entry, `outgoing` wait in the
 * outbox. Failed ones change nothing.
 */
export function withOwnChanges(
  messages: readonly Message[],
  made: readonly ChangeEvent[],
  outgoing: readonly OutgoingChange[],
  me: Person,
): Shown {
  if (made.length === 0 && outgoing.length === 0) return { messages, isChanged: () => false }
  const waiting = outgoing.filter(({ state }) => state === 'waiting')
  const changes = [
    ...[...made].sort((a, b) => a.seq - b.seq),
    ...waiting.map((item, n) => changeFrom(item, { seq: afterAll + n, at: item.at, user: me })),
  ]
  const targets = new Set([
    ...changes.map(({ target }) => target),
    ...outgoing.map(({ change }) => change.seq),
  ])
  return {
    messages: messages.map((message) =>
      targets.has(message.seq) ? changes.reduce<Message>(withChange, message) : message,
    ),
    isChanged: ({ seq }) => targets.has(seq),
  }
}
