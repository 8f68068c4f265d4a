// Turns what is in memory into the lines of the list: history, own messages being sent, and their state. Pure.
import type { ChangeEvent } from '../../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../../server/protocol/http.ts'
import type { Mention } from '../../../server/protocol/message.ts'
import type { Person } from '../../../server/protocol/people.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'
import {
  isChanging,
  messageFrom,
  type Outgoing,
  type OutgoingChange,
  type OutgoingMessage,
  type OwnChange,
} from '../../wire/outgoing.ts'
import type { Named } from '../../text/blocks.ts'
import type { Line, MessageLine, Standing } from './line.ts'
import { withOwnChanges } from './own-changes.ts'

export interface LineSource {
  /** Ascending by seq. */
  messages: readonly Message[]
  /** Own messages that have a number but whose entry has not arrived. */
  acked: readonly SpokenMessage[]
  /** Own changes that have a number but whose entry has not arrived. */
  changed?: readonly ChangeEvent[]
  /** This room's items in the outbox, in order. */
  outgoing: readonly Outgoing[]
  me: Person
  /** The number up to which the room is in MySQL; undefined until the server says so. */
  archivedUpTo: number | undefined
  /** The newest number when the room was opened: the state of older messages is not shown. */
  openedAt: number
}

/** The lines, top to bottom: by number, then what is being sent. */
export function toLines(source: LineSource): Line[] {
  const { outgoing, me, changed = [] } = source
  const changes = outgoing.filter(isChanging)
  const { messages, isChanged } = withOwnChanges(source.messages, changed, changes, me)
  const last = messages.at(-1)?.seq ?? 0
  // An own message may be known in up to three ways at once; its entry wins over the ack, the ack over the outbox.
  const known = new Set(messages.filter(isSpoken).map(({ cid }) => cid))
  const acked = source.acked.filter(({ cid, seq }) => !known.has(cid) && seq > last)
  for (const { cid } of source.acked) known.add(cid)
  const numbered = [...messages, ...acked.sort((a, b) => a.seq - b.seq)]
  const newestOwn = numbered.findLast((message) => isSpoken(message) && message.user.id === me.id)?.seq
  const standingOf = (seq: number) => standing(seq, seq === newestOwn, source)
  return [
    ...numbered.map((message) =>
      isChanged(message)
        ? changingLine(message, me, standingOf(message.seq), changes)
        : toLine(message, me, standingOf),
    ),
    ...outgoing.flatMap((item) => (isChanging(item) || known.has(item.cid) ? [] : [outgoingLine(item, me)])),
  ]
}

function standing(
  seq: number,
  isNewest: boolean,
  { archivedUpTo, openedAt }: LineSource,
): Standing | undefined {
  if (archivedUpTo !== undefined && seq <= archivedUpTo) return isNewest ? 'archived' : undefined
  return archivedUpTo !== undefined || seq > openedAt ? 'logged' : undefined
}

/** Lines of unchanged messages stay the same objects, so that their rows are not drawn again. */
const drawn = new WeakMap<Message, Line>()

function toLine(message: Message, me: Person, standingOf: (seq: number) => Standing | undefined): Line {
  const own = message.user.id === me.id
  const standing = own && isSpoken(message) ? standingOf(message.seq) : undefined
  const before = drawn.get(message)
  if (before !== undefined && before.own === own && standingIn(before) === standing) return before
  const line = newLine(message, me, standing)
  drawn.set(message, line)
  return line
}

const standingIn = (line: Line): Standing | undefined => (isSpoken(line) ? line.standing : undefined)

function newLine(message: Message, me: Person, standing: Standing | undefined): Line {
  const own = message.user.id === me.id
  if (!isSpoken(message)) return { ...message, key: String(message.seq), own }
  // A deleted message shows no state.
  const stands = message.deletedAt === null ? standing : undefined
  const line: MessageLine = { ...message, key: message.cid, own, standing: stands, changing: false }
  return message.mentions === undefined ? line : { ...line, named: namedOf(message.mentions, me.id) }
}

/** The line of the person's last message that is not deleted. */
export function lastOwnLine(messages: readonly Message[], me: Person): MessageLine | undefined {
  const last = messages.findLast(
    (message) => isSpoken(message) && message.user.id === me.id && message.deletedAt === null,
  )
  const line = last && newLine(last, me, undefined)
  return line !== undefined && isSpoken(line) ? line : undefined
}

/** Nobody is called so. */
const isForAll = (name: string): boolean => /^(?:room|here)$/iu.test(name)

/** The names in a text as they are drawn, longest first. */
export const namedOf = (mentions: readonly Mention[] = [], own: string): Named[] =>
  mentions
    .map(({ name, ids, now, group }) => ({
      name,
      mine: ids.includes(own),
      ...(now === undefined ? {} : { now }),
      ...(group === undefined ? {} : { group }),
      ...(ids.length === 1 && group === undefined && !isForAll(name) ? { person: ids[0] ?? '' } : {}),
    }))
    .sort((a, b) => b.name.length - a.name.length)

/** A message with an own change that is being sent, or was refused. */
function changingLine(
  message: Message,
  me: Person,
  standing: Standing | undefined,
  changes: readonly OutgoingChange[],
): Line {
  const own = message.user.id === me.id
  const line = newLine(message, me, own ? standing : undefined)
  if (!isSpoken(line)) return line
  const about = changes.filter(({ change }) => change.seq === message.seq)
  const failed = about.findLast(({ state }) => state === 'failed')
  return {
    ...line,
    changing: about.some(({ state, change }) => state === 'waiting' && isOfWords(change)),
    failedEdit: failed && { cid: failed.cid, refusal: failed.refusal },
  }
}

/** The text itself is being changed or deleted. */
const isOfWords = ({ type }: OwnChange): boolean => type === 'edit' || type === 'delete'

function outgoingLine(item: OutgoingMessage, me: Person): MessageLine {
  const message = messageFrom(item, { seq: 0, at: item.at, user: me })
  const standing = item.state === 'failed' ? 'failed' : 'sending'
  const line: MessageLine = {
    ...message,
    key: item.cid,
    seq: undefined,
    own: true,
    standing,
    changing: false,
  }
  return {
    ...line,
    ...(item.refusal === undefined ? {} : { refusal: item.refusal }),
    ...(item.attached === undefined ? {} : { attached: item.attached }),
  }
}
