// From what is in memory to the lines of the list: history, one's own words on their way, and where they stand. Pure.
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { Mention, Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import {
  isChanging,
  type Outgoing,
  type OutgoingChange,
  type OutgoingMessage,
  type OwnChange,
} from '../wire/outgoing.ts'
import type { Named } from '../text/markdown.ts'
import type { Line, MessageLine, Standing } from './line.ts'
import { withOwnChanges } from './own-changes.ts'

export interface LineParts {
  /** Ascending by seq. */
  messages: readonly Message[]
  /** Own messages that have a number and whose entry has not come yet. */
  acked: readonly SpokenMessage[]
  /** Own changes that have a number and whose entry has not come yet. */
  changed?: readonly ChangeEvent[]
  /** What this room has in the outbox, in its order. */
  outgoing: readonly Outgoing[]
  me: Person
  /** Up to which number the room is in MySQL; undefined until it is told. */
  archivedUpTo: number | undefined
  /** What was there when the room was opened: of those nobody wonders whether they arrived. */
  openedAt: number
}

/** The lines, top to bottom: by number, then what is on its way. */
export function toLines(parts: LineParts): Line[] {
  const { outgoing, me, changed = [] } = parts
  const changes = outgoing.filter(isChanging)
  const { messages, isChanged } = withOwnChanges(parts.messages, changed, changes, me)
  const last = messages.at(-1)?.seq ?? 0
  // An own message is known at most three ways at once; its entry goes before the ack, the ack before the outbox.
  const known = new Set(messages.flatMap((message) => (message.kind === 'message' ? [message.cid] : [])))
  const acked = parts.acked.filter(({ cid, seq }) => !known.has(cid) && seq > last)
  for (const { cid } of parts.acked) known.add(cid)
  const numbered = [...messages, ...acked.sort((a, b) => a.seq - b.seq)]
  const newestOwn = numbered.findLast(({ kind, user }) => kind === 'message' && user.id === me.id)?.seq
  const standingOf = (seq: number) => standing(seq, seq === newestOwn, parts)
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
  { archivedUpTo, openedAt }: LineParts,
): Standing | undefined {
  if (archivedUpTo !== undefined && seq <= archivedUpTo) return isNewest ? 'archived' : undefined
  return archivedUpTo !== undefined || seq > openedAt ? 'logged' : undefined
}

/** Lines of messages that have not changed stay the same objects, so that what is drawn can stay as well. */
const drawn = new WeakMap<Message, Line>()

function toLine(message: Message, me: Person, standingOf: (seq: number) => Standing | undefined): Line {
  const own = message.user.id === me.id
  const standing = own && message.kind === 'message' ? standingOf(message.seq) : undefined
  const before = drawn.get(message)
  if (before !== undefined && before.own === own && standingIn(before) === standing) return before
  const line = newLine(message, me, standing)
  drawn.set(message, line)
  return line
}

const standingIn = (line: Line): Standing | undefined => (line.kind === 'message' ? line.standing : undefined)

function newLine(message: Message, me: Person, standing: Standing | undefined): Line {
  const own = message.user.id === me.id
  const { seq, user, at } = message
  if (message.kind === 'notice') {
    return { kind: 'notice', key: String(seq), seq, user, at, own, notice: message.notice }
  }
  const { cid, text, replyTo, editedAt, deletedAt, reactions, mentions, pinnedBy, thread, threaded } = message
  const said = { kind: 'message', key: cid, seq, user, at, own, cid, text, replyTo } as const
  // Of a deleted message nobody asks where it stands.
  const stands = deletedAt === null ? standing : undefined
  const line: MessageLine = {
    ...{ ...said, standing: stands, editedAt, deletedAt, reactions, changing: false },
    ...(pinnedBy === undefined ? {} : { pinnedBy: pinnedBy.name }),
    ...(thread === undefined ? {} : { thread }),
    ...(message.alsoInRoom === true ? { alsoInRoom: true } : {}),
    ...(threaded === undefined ? {} : { threaded }),
  }
  return mentions === undefined ? line : { ...line, named: namedOf(mentions, me.id) }
}

/** The names in a text as they are drawn, longest first. */
export const namedOf = (mentions: readonly Mention[] = [], own: string): Named[] =>
  mentions
    .map(({ name, ids }) => ({ name, mine: ids.includes(own) }))
    .sort((a, b) => b.name.length - a.name.length)

/** A message with something of one's own on its way, or refused. */
function changingLine(
  message: Message,
  me: Person,
  standing: Standing | undefined,
  changes: readonly OutgoingChange[],
): Line {
  const own = message.user.id === me.id
  const line = newLine(message, me, own ? standing : undefined)
  if (line.kind === 'notice') return line
  const about = changes.filter(({ change }) => change.seq === message.seq)
  const failed = about.findLast(({ state }) => state === 'failed')
  return {
    ...line,
    changing: about.some(({ state, change }) => state === 'waiting' && isOfWords(change)),
    failedEdit: failed && { cid: failed.cid, refusal: failed.refusal },
  }
}

/** The words themselves are on their way, or going. */
const isOfWords = ({ type }: OwnChange): boolean => type === 'edit' || type === 'delete'

function outgoingLine(item: OutgoingMessage, me: Person): MessageLine {
  const { cid, at, text, replyTo = null, thread, alsoInRoom, state, refusal } = item
  const standing = state === 'failed' ? 'failed' : 'sending'
  const why = refusal === undefined ? {} : { refusal }
  return {
    kind: 'message',
    key: cid,
    seq: undefined,
    user: me,
    at,
    own: true,
    cid,
    text,
    replyTo,
    standing,
    editedAt: null,
    deletedAt: null,
    reactions: [],
    changing: false,
    ...(thread === undefined ? {} : { thread }),
    ...(alsoInRoom === undefined ? {} : { alsoInRoom }),
    ...why,
  }
}
