// A message as a Brook shows it, over its API and in its exports, for the import.
import type { Message, SpokenMessage } from '../../protocol/http.ts'
import { keptBody } from '../../protocol/message.ts'
import { isOver } from '../../protocol/entries/poll.ts'
import { isSpoken } from '../../protocol/timeline.ts'
import { tameText } from '../split-text.ts'
import type { Refuse, SourceMessage, SourcePoll } from '../source.ts'

interface Met {
  id: string
  name: string
  bot?: boolean
}

/** Everybody that a message names. An older Brook does not send reactions. */
export function peopleIn(message: Message): Met[] {
  if (!isSpoken(message)) return []
  const { user, pinnedBy, votes = [], reactions = [] as SpokenMessage['reactions'] } = message
  const voters = votes.flatMap(({ voter, name }) => (name === undefined ? [] : { id: voter, name }))
  return [
    user,
    ...(pinnedBy === undefined ? [] : [pinnedBy]),
    ...reactions.flatMap(({ users }) => users),
    ...voters,
  ]
}

/** Undefined for what is not imported, which is reported. `place`: where it is in the source. */
export function readMessage(message: Message, place: string, refuse: Refuse): SourceMessage | undefined {
  if (!isSpoken(message)) {
    refuse({ place, why: `a notice that somebody ${message.notice.kind}`, expected: true })
    return undefined
  }
  const { seq, at, user, deletedAt, pinnedBy, reactions = [] as SpokenMessage['reactions'] } = message
  // The ids of mentioned people and of rooms differ here, so mentions, files and what is forwarded are dropped.
  const body = keptBody({ ...message, mentions: undefined, forwarded: undefined, files: undefined }, seq)
  if (body === undefined) {
    refuse({ place, why: 'a message without text', expected: false })
    return undefined
  }
  const { replyTo, thread, mentions: _ids, ...said } = body
  const poll = pollOf(message)
  return {
    ...said,
    ref: String(seq),
    at,
    author: user.id,
    text: tameText(said.text),
    reactions: reactions.map(({ emoji, users }) => ({ emoji, people: users.map(({ id }) => id) })),
    place,
    ...(user.bot === true ? { isBot: true, name: user.name } : {}),
    ...(user.icon === undefined ? {} : { icon: user.icon }),
    ...(deletedAt ? { deletedAt } : {}),
    ...(pinnedBy === undefined ? {} : { pinnedBy: pinnedBy.id }),
    ...(poll === undefined ? {} : { poll }),
    ...(replyTo ? { replyTo: String(replyTo) } : {}),
    ...(thread ? { thread: String(thread) } : {}),
  }
}

function pollOf(message: SpokenMessage): SourcePoll | undefined {
  const { poll, votes = [], deletedAt } = message
  return poll === undefined || deletedAt !== null
    ? undefined
    : { ...poll, votes, isClosed: isOver(message, Date.now()) }
}
