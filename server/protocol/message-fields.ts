// The fields of a message's body: a new one is a line here, and passes every way in and out
// (test/flow/every-road.test.ts).
import { Type } from 'typebox'
import { KeptFiles, SentFiles } from './files.ts'
import { Closed, EntrySeq, Id, Seq, Text } from './schema.ts'

/**
 * A name in the text, as it is typed after the @, and who is meant: several people for `@here`, `@room` and a group, whose id
 * is `group`. `now`: what that person is called by now, if it is something else; never in the log.
 */
export const Mention = Closed({
  name: Type.String(),
  ids: Type.Array(Id),
  group: Type.Optional(Id),
  now: Type.Optional(Type.String()),
})

const Instant = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** What a client may send. */
export const sentFields = {
  text: Text,
  /** The message that this one answers. */
  replyTo: Type.Optional(Seq),
  /** Posted in the thread of this message, and in the room as well. */
  thread: Type.Optional(Seq),
  alsoInRoom: Type.Optional(Type.Boolean()),
  /** The message that this one forwards: its place, and nothing of what it says. */
  forwarded: Type.Optional(Closed({ room: Id, seq: EntrySeq })),
  /** Uploads of the sender, which nobody has sent yet. A message that has some needs no text. */
  files: Type.Optional(SentFiles),
}

/** What the log keeps of it, including what the server or an import adds. */
export const keptFields = {
  ...sentFields,
  text: Type.String(),
  /** What is known of each: a reader shows them without asking. */
  files: Type.Optional(KeptFiles),
  alsoInRoom: Type.Optional(Type.Literal(true)),
  /** Whom the text mentions; missing if nobody. */
  mentions: Type.Optional(Type.Array(Mention, { minItems: 1 })),
  /** When it was sent, and last edited, elsewhere: for imports. */
  at: Type.Optional(Instant),
  editedAt: Type.Optional(Instant),
  /** When it was to be sent, if it was scheduled and came late. */
  dueAt: Type.Optional(Instant),
}
