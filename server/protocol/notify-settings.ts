// How somebody wants to be told: one object for everything, on all their devices. Trap: the browser takes only types from
// here, because the schemas would pull in typebox; what it needs as a value is in notify-defaults.ts.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Nullable, Time } from './schema.ts'

const { keywords, pierce, quiet, mailAfterMinutes } = limits.notifications

const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', examples: ['22:00'] })

/** One span of a day, in local time; one that ends before it begins ends the next morning. 0 is Sunday. */
export const QuietSpan = Closed({
  day: Type.Integer({ minimum: 0, maximum: 6, description: '0 is Sunday' }),
  from: Clock,
  to: Clock,
})

export const NotifySettings = Closed({
  /** Words of one's own: whole words, or any place in scripts that write none. */
  keywords: Type.Array(Type.String({ maxLength: 4 * keywords.chars }), { maxItems: keywords.max }),
  /** Whether what is sent to devices and by mail says what was written. */
  previews: Type.Boolean(),
  sound: Type.Enum(['drop', 'knock', 'chime', 'wood', 'none']),
  quiet: Nullable(
    Closed({
      zone: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'an IANA time zone',
        examples: ['Asia/Shanghai'],
      }),
      days: Type.Array(QuietSpan, { maxItems: quiet.spans }),
    }),
  ),
  snoozedUntil: Nullable(Time),
  /** Who, and which rooms, get through quiet hours. */
  pierce: Closed({
    people: Type.Array(Id, { maxItems: pierce.people, uniqueItems: true }),
    rooms: Type.Array(Id, { maxItems: pierce.rooms, uniqueItems: true }),
  }),
  mail: Closed({
    on: Type.Boolean(),
    afterMinutes: Type.Integer({ minimum: mailAfterMinutes.min, maximum: mailAfterMinutes.max }),
  }),
})

export type QuietSpan = Static<typeof QuietSpan>
export type NotifySettings = Static<typeof NotifySettings>
