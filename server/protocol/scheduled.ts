// Messages that are sent later, as their author sees them.
import { Type, type Static } from 'typebox'
import { KeptFiles } from './files.ts'
import { sentFields } from './message.ts'
import { Cid, Closed, Id, Nullable, Text, Time } from './schema.ts'

/** `cid` becomes the message's: asked for again, it is the same scheduled message, and later the same message. */
export const ScheduleBody = Closed({ cid: Cid, room: Id, at: Time, ...sentFields })

/**
 * Any of these. `now`: send it at once. `deleted`: false takes its deletion back. With a new time or a new text, one that was
 * refused waits again.
 */
export const RescheduleBody = Closed({
  text: Type.Optional(Text),
  at: Type.Optional(Time),
  now: Type.Optional(Type.Literal(true)),
  deleted: Type.Optional(Type.Literal(false)),
})

export const ScheduledParams = Closed({ id: Id })

/** Why it was not sent: the code of an error, and its English words. */
const WhyNot = Closed({ code: Type.String(), message: Type.String() })

/** `at`: when it is to be sent. `sending`: it can no longer be changed. `refused`: it stays until its author decides. */
export const Scheduled = Closed({
  id: Id,
  room: Id,
  at: Time,
  state: Type.Union([Type.Literal('waiting'), Type.Literal('sending'), Type.Literal('refused')]),
  refusal: Nullable(WhyNot),
  ...sentFields,
  /** What is known of each that is still there. */
  files: Type.Optional(KeptFiles),
})
/** The next one first. */
export const ScheduledAnswer = Closed({ scheduled: Type.Array(Scheduled) })

export type ScheduleBody = Static<typeof ScheduleBody>
export type RescheduleBody = Static<typeof RescheduleBody>
export type Scheduled = Static<typeof Scheduled>
export type ScheduledAnswer = Static<typeof ScheduledAnswer>
