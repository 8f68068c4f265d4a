// One's own changes as they are shown before their entries come: the same fold, over what is on its way. Pure.
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { Message } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import type { OutgoingChange } from '../wire/outgoing.ts'

/** What has no number yet comes after everything that has one. */
const afterAll = Number.MAX_SAFE_INTEGER - 1_000_000

interface Shown {
  messages: readonly Message[]
  /** Something of one's own is on its way to this message, or was refused. */
  isChanged: (message: Message) => boolean
}

/**
 * The messages as oneself has changed them: `made` have their number and wait for their entry, `outgoing` wait in the
 * outbox. What failed changes nothing.
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
    ...waiting.map((item, n) => toCome(item, n, me)),
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

function toCome({ room, cid, at, change }: OutgoingChange, place: number, user: Person): ChangeEvent {
  const fields = { room, cid, at, user, target: change.seq, seq: afterAll + place }
  switch (change.type) {
    case 'edit':
      return { ...fields, type: 'edited', text: change.text }
    case 'delete':
      return { ...fields, type: 'deleted' }
    case 'react':
      return { ...fields, type: 'reacted', emoji: change.emoji, on: change.on }
    case 'pin':
      return { ...fields, type: 'pinned', on: change.on }
  }
}
