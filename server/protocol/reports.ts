// What waits for moderators: messages that people reported, each with what was said, who said so, and what was done about it.
import { Type, type Static } from 'typebox'
import { SinceMs } from './erasing.ts'
import { KeptFiles } from './files.ts'
import { limits } from './limits.ts'
import { Person } from './people.ts'
import { Closed, EntrySeq, Id, Limit, Line, NextQuery, Nullable, Time } from './schema.ts'

const oneOf = <Name extends string>(names: readonly Name[]) =>
  Type.Unsafe<Name>(Type.Union(names.map((name) => Type.Literal(name))))

/** Why somebody reports a message. A new one is a line here and its words in web/words. */
export const reportReasons = ['spam', 'abuse', 'hate', 'private', 'other'] as const
export type ReportReason = (typeof reportReasons)[number]

/**
 * What can be done about a case; doing nothing dismisses it, and drops what was held. `post` is for what was held, alone. `remove`
 * and `ban` are about the author, in the room; `ban_workspace` keeps them out of all of them.
 */
export const caseActs = ['post', 'delete', 'remove', 'ban', 'ban_workspace'] as const
export type CaseAct = (typeof caseActs)[number]

const room = Closed({ id: Id, name: Type.String() })
const acts = Type.Array(oneOf(caseActs), { maxItems: caseActs.length, uniqueItems: true })

export const ReportBody = Closed({
  reason: oneOf(reportReasons),
  note: Type.Optional(Line(limits.reports.noteChars)),
})
export const Report = Closed({
  /** Null: only administrators learn who reports. */
  by: Nullable(Person),
  reason: oneOf(reportReasons),
  note: Type.String(),
  at: Time,
})
export const Handled = Closed({
  /** Null: the command line. */
  by: Nullable(Person),
  at: Time,
  acts,
  answer: Type.String(),
})
export const Case = Closed({
  id: Id,
  /** `held`: a rule held it back, and nobody has seen it. */
  kind: oneOf(['report', 'held'] as const),
  room,
  /** Null: it was held, and is not posted. */
  seq: Nullable(EntrySeq),
  /** The root of its thread. */
  thread: Type.Optional(EntrySeq),
  author: Person,
  /** As it was said, whatever became of it; null: it was handled some days ago. */
  text: Nullable(Type.String()),
  /** Of what was held and is not posted: whoever may handle the case may read them. */
  files: Type.Optional(KeptFiles),
  saidAt: Time,
  /** When it was first reported, or held. */
  at: Time,
  /** What became of the message meanwhile. `unknown`: history cannot be read at the moment. */
  now: oneOf(['same', 'edited', 'deleted', 'unknown'] as const),
  /** The first ones, up to limits.reports.shown; `total`: how many there are. */
  reports: Type.Array(Report),
  total: Type.Integer({ minimum: 0 }),
  handled: Nullable(Handled),
  /** What you may do about it; you may always dismiss it. */
  may: acts,
  /** You may read the room: the message is there in its context. */
  readable: Type.Boolean(),
})
export const CasesQuery = Closed({
  state: Type.Optional(
    Type.Unsafe<'open' | 'handled'>(
      Type.Union([Type.Literal('open'), Type.Literal('handled')], {
        default: 'open',
        description: 'those that wait, or those that were handled',
      }),
    ),
  ),
  before: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.reports.page.default, limits.reports.page.max),
})
/** The newest first. */
export const CasesAnswer = Closed({ cases: Type.Array(Case), next: Nullable(Id) })
export const CaseParams = Closed({ case: Id })
export const RoomCaseParams = Closed({ room: Id, case: Id })

/**
 * `answer`: for those who reported it. `reason` and `expiresInMs`: of a ban. `deleteSinceMs`: a ban from the workspace also deletes
 * what its person has said since then.
 */
export const HandleBody = Closed({
  acts,
  answer: Type.Optional(Line(limits.reports.answerChars)),
  reason: Type.Optional(Line(limits.bans.reasonChars)),
  expiresInMs: Type.Optional(Type.Integer({ minimum: 60_000, maximum: limits.bans.lastsMs })),
  deleteSinceMs: Type.Optional(SinceMs),
})
export const CaseAnswer = Closed({ case: Case })

/** Open cases that you may handle, in each room that has some. */
export const OpenCasesAnswer = Closed({
  open: Type.Integer({ minimum: 0 }),
  rooms: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
})

/** What became of a report of yours, or of a message of yours that was held for review, until you put it away. */
export const OwnAnswer = Closed({
  id: Id,
  kind: oneOf(['report', 'held'] as const),
  room,
  /** Null: it is not posted. */
  seq: Nullable(EntrySeq),
  author: Person,
  /** Of yours that was held; null of a report. */
  text: Nullable(Type.String()),
  files: Type.Optional(KeptFiles),
  /** Null: it waits. */
  handledAt: Nullable(Time),
  acts,
  answer: Type.String(),
})
export const OwnAnswersAnswer = Closed({ answers: Type.Array(OwnAnswer) })

/** What was held, and is not posted: for its author to write it anew. `options`: of a poll, whose question is `text`. */
export const WithdrawnAnswer = Closed({
  room: Id,
  thread: Type.Optional(EntrySeq),
  text: Type.String(),
  options: Type.Optional(Type.Array(Type.String())),
})

export type ReportBody = Static<typeof ReportBody>
export type Report = Static<typeof Report>
export type Handled = Static<typeof Handled>
export type Case = Static<typeof Case>
export type CasesQuery = Static<typeof CasesQuery>
export type CasesAnswer = Static<typeof CasesAnswer>
export type HandleBody = Static<typeof HandleBody>
export type CaseAnswer = Static<typeof CaseAnswer>
export type OpenCasesAnswer = Static<typeof OpenCasesAnswer>
export type OwnAnswer = Static<typeof OwnAnswer>
export type WithdrawnAnswer = Static<typeof WithdrawnAnswer>
export type OwnAnswersAnswer = Static<typeof OwnAnswersAnswer>
