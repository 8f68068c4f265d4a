// Entries become a decision: what each of them says is compared with what people have set, read for all of them together.
import type { History } from '../history/history.ts'
import type { Entry } from '../log/entry.ts'
import { isErasure, isSpokenEvent } from '../protocol/timeline.ts'
import { showsInRoom } from '../protocol/entries/message.ts'
import type { EditedEvent } from '../protocol/entries/edited.ts'
import type { SpokenEvent } from '../protocol/events.ts'
import type { InboxMark } from '../protocol/inbox.ts'
import type { Mention } from '../protocol/message.ts'
import { nameKey } from '../protocol/names.ts'
import type { NotifyCause } from '../protocol/notify-causes.ts'
import type { Person } from '../protocol/people.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import type { Audience } from './audience.ts'
import { causeFor, type Said, type Standing } from './cause.ts'
import { emptyDecision, type Decision } from './decision.ts'
import { Followers, type FollowersDeps } from './followers.ts'
import type { KeywordBook } from './keyword-book.ts'
import { endedPoll, type PollDeps } from './poll-ends.ts'
import type { Told } from './told.ts'

export interface DecideDeps extends FollowersDeps, PollDeps {
  history: FollowersDeps['history'] & Pick<History, 'find'>
  audience: Audience
  keywords: KeywordBook
  /** The program that reminds people; undefined: none does. */
  reminder: () => Promise<string | undefined>
}

/** A message, or one that an edit has changed, that may concern somebody. */
interface Subject {
  room: string
  seq: number
  at: number
  author: Person
  thread?: number
  text: string
  mentions: readonly Mention[]
  /** Only those whom it names now are told. */
  isEdited?: true
}

/** What was read for all of the subjects. */
interface Known {
  kinds: ReadonlyMap<string, RoomKind>
  hearAll: ReadonlyMap<string, ReadonlyMap<string, Standing>>
  followers: Followers
  reminder: string | undefined
  keywords: { usersIn(text: string): Set<string> }
}

export async function decide(deps: DecideDeps, entries: readonly Entry[]): Promise<Decision> {
  const decision = emptyDecision()
  const subjects: Subject[] = []
  for (const { id, room, seq, event } of entries) {
    if (event.type === 'deleted') decision.taken.push({ room, seq: event.target, by: seq })
    else if (isErasure(event)) decision.taken.push({ room, erased: event })
    else if (event.type === 'edited') subjects.push(...(await editedSubject(deps, event)))
    else if (event.type === 'poll_closed') {
      decision.ends.push({ room, seq: event.target, at: undefined })
      decision.told.push(
        ...(await endedPoll(deps, { room, seq: event.target, at: event.at, by: event.user.id })),
      )
    } else if (isSpokenEvent(event) && event.at === id.ms) {
      // What was imported has an earlier time: it is history.
      subjects.push(subjectOf(event))
      if (event.type === 'poll' && event.poll.endsAt !== undefined)
        decision.ends.push({ room, seq, at: event.poll.endsAt })
    }
  }
  if (subjects.length > 0) decision.told.push(...(await tell(deps, subjects)))
  return decision
}

const subjectOf = (event: SpokenEvent): Subject => {
  const { room, seq, at, user, text, mentions = [] } = event
  return { room, seq, at, author: user, text, mentions, ...placeOf(event) }
}

const placeOf = ({ thread }: Pick<Subject, 'thread'>) => (thread === undefined ? {} : { thread })

/** The message that an edit makes name somebody, as it is then. */
async function editedSubject(
  { history }: DecideDeps,
  { room, target, mentions, user, at }: EditedEvent,
): Promise<Subject[]> {
  if (mentions === undefined) return []
  const message = await history.find(room, target)
  if (message === undefined) return []
  if ('code' in message) throw new Error(`an edited message could not be read: ${message.code}`)
  if (message.deletedAt !== null) return []
  const { text } = message
  return [{ room, seq: target, at, author: user, text, mentions, isEdited: true, ...placeOf(message) }]
}

async function tell(deps: DecideDeps, subjects: readonly Subject[]): Promise<Told[]> {
  const { audience, keywords, reminder } = deps
  const rooms = [...new Set(subjects.map(({ room }) => room))]
  const known: Known = {
    // First: what it needs of memory must not be archived before it is looked at.
    followers: await Followers.of(deps, subjects.filter(isReply)),
    kinds: await audience.kinds(rooms),
    hearAll: await audience.whoHearAll(rooms),
    keywords: await keywords.read(),
    reminder: await reminder(),
  }
  const asked = subjects.flatMap((subject) => {
    const kind = known.kinds.get(subject.room)
    return kind === undefined ? [] : [{ subject, said: saidOf(subject, kind, known) }]
  })
  const members = await membersFor(deps, asked, known)
  const authors = [...new Set(subjects.map(({ author }) => author.id))]
  const told = asked.flatMap(({ subject, said }) => toldOf(subject, said, members.get(subject.room), known))
  const blockers = await deps.blockers(authors, [...new Set(told.flatMap(({ users }) => users))])
  return told.flatMap((one) => {
    const users = one.users.filter((user) => blockers.get(one.by)?.has(user) !== true)
    return users.length === 0 ? [] : [{ ...one, users }]
  })
}

/** All whom the subjects of a room may concern, with what they have set. */
async function membersFor(
  { audience }: DecideDeps,
  asked: readonly { subject: Subject; said: Said }[],
  { hearAll }: Known,
): Promise<Map<string, Map<string, Standing>>> {
  const wanted = new Map<string, Set<string>>()
  for (const { subject, said } of asked) {
    const own = wanted.get(subject.room) ?? new Set()
    wanted.set(subject.room, own)
    for (const user of namesIn(said)) if (hearAll.get(subject.room)?.has(user) !== true) own.add(user)
  }
  const found = new Map<string, Map<string, Standing>>()
  for (const [room, users] of wanted) {
    const members = new Map(hearAll.get(room))
    for (const [user, standing] of await audience.among(room, [...users])) members.set(user, standing)
    found.set(room, members)
  }
  return found
}

function* namesIn(said: Said): Generator<string> {
  yield* said.reminded
  yield* said.named
  yield* said.namedWithAll
  yield* said.namedInGroup
  yield* said.keyword
  yield* said.following
}

const everybody: ReadonlySet<string> = new Set(['room', 'here'])
const nobody: ReadonlySet<string> = new Set()

function saidOf(subject: Subject, kind: RoomKind, known: Known): Said {
  const { seq, at, author, mentions, text } = subject
  const isReminder = author.bot === true && author.id === known.reminder
  const [named, namedWithAll, namedInGroup] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const { name, ids, group } of mentions) {
    const those = group !== undefined ? namedInGroup : everybody.has(nameKey(name)) ? namedWithAll : named
    for (const id of ids) those.add(id)
  }
  const isEdited = subject.isEdited === true
  return {
    seq,
    at,
    kind,
    isInRoom: showsInRoom(subject),
    author: author.id,
    reminded: isReminder ? named : nobody,
    named,
    namedWithAll,
    namedInGroup,
    keyword: isEdited ? nobody : known.keywords.usersIn(text),
    following: isEdited || !isReply(subject) ? nobody : known.followers.following(subject),
  }
}

/** The causes of one message, each with everybody who is told for it. */
function toldOf(
  subject: Subject,
  said: Said,
  members: ReadonlyMap<string, Standing> = new Map(),
  { followers }: Known,
): Told[] {
  const byCause = new Map<NotifyCause, string[]>()
  const concerned = subject.isEdited === true ? new Set(namesIn(said)) : members.keys()
  for (const user of concerned) {
    const standing = members.get(user)
    if (standing === undefined) continue
    const read = said.isInRoom || !isReply(subject) ? standing.read : followers.readTo(subject, user)
    const cause = causeFor(user, said, { ...standing, read })
    if (cause === undefined) continue
    const users = byCause.get(cause)
    if (users === undefined) byCause.set(cause, [user])
    else users.push(user)
  }
  return [...byCause].map(([cause, users]) => ({
    mark: markOf(subject, cause, said.isInRoom ? 'room' : 'thread'),
    by: subject.author.id,
    at: subject.at,
    users,
  }))
}

const markOf = (
  { room, seq, thread }: Subject,
  cause: NotifyCause,
  readBy: InboxMark['readBy'],
): InboxMark => ({ room, seq, event: '', ...(thread === undefined ? {} : { thread }), cause, readBy })

const isReply = (subject: Subject): subject is Subject & { thread: number } => subject.thread !== undefined
