// The schemas of member-settings.ts: for requests and summaries.
import { Type, type Static } from 'typebox'
import { levels, untilTurnedOff } from './member-settings.ts'
import { Id, Nullable, Time } from './schema.ts'

const Level = Type.Enum([...levels])

/** In a room's summary; of a room that somebody is not in, what would be usual. */
export const shownMemberSettings = {
  level: Level,
  mutedUntil: Type.Optional(Time),
  favourite: Type.Boolean(),
  /** The id of one of their own sections. */
  section: Type.Optional(Id),
}

/** At least one of these. */
export const MemberSettingsBody = Type.Object(
  {
    level: Type.Optional(Level),
    mutedUntil: Type.Optional(
      Nullable(
        Type.Integer({
          description: `milliseconds since 1970, within a year; ${untilTurnedOff}: until it is turned off; null: not muted`,
        }),
      ),
    ),
    favourite: Type.Optional(Type.Boolean()),
    section: Type.Optional(Nullable(Id)),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type MemberSettingsBody = Static<typeof MemberSettingsBody>
