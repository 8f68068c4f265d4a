// Who is kept out: of the workspace by an administrator, of a room by its moderators.
import { Type, type Static } from 'typebox'
import { Erasing, SinceMs } from './erasing.ts'
import { limits } from './limits.ts'
import { Person } from './people.ts'
import { Closed, Id, Limit, Line, NextQuery, Nullable, Time } from './schema.ts'

const expiresInMs = Type.Optional(
  Type.Integer({
    minimum: 60_000,
    maximum: limits.bans.lastsMs,
    description: 'after how many milliseconds it ends; without it, never',
  }),
)
const reason = Type.Optional(Line(limits.bans.reasonChars))

/** Of a person: it is a suspension. The same, under a word that says that they may come back. */
const suspended = Type.Optional(Type.Literal(true))

/** Either a person or an address. */
export const BanBody = Closed({
  user: Type.Optional(Id),
  address: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'an IP address or a range of them',
      examples: ['203.0.113.0/24'],
    }),
  ),
  expiresInMs,
  reason,
  suspended,
  /** Of a person: deletes everything that they have said since then. */
  deleteSinceMs: Type.Optional(SinceMs),
})
export const Ban = Closed({
  id: Id,
  user: Nullable(Person),
  address: Nullable(Type.String()),
  reason: Type.String(),
  /** Null: the command line. */
  by: Nullable(Person),
  at: Time,
  expiresAt: Nullable(Time),
  suspended,
})
/** `erasing`: what was deleted with it; null: nothing. */
export const BanAnswer = Closed({ ban: Ban, erasing: Nullable(Erasing) })
export const BansQuery = Closed({
  before: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.bans.page.default, limits.bans.page.max),
})
/** The newest first. */
export const BansAnswer = Closed({ bans: Type.Array(Ban), next: Nullable(Id) })
export const BanParams = Closed({ ban: Id })

export const RoomBanBody = Closed({ expiresInMs, reason })
export const RoomBan = Closed({
  user: Person,
  reason: Type.String(),
  by: Person,
  at: Time,
  expiresAt: Nullable(Time),
})
export const RoomBansAnswer = Closed({ bans: Type.Array(RoomBan) })

/** What somebody is told who is kept out. `reason`: '' if none was given. */
export const KeptOut = Closed({ reason: Type.String(), until: Nullable(Time), suspended })

export type BanBody = Static<typeof BanBody>
export type Ban = Static<typeof Ban>
export type RoomBanBody = Static<typeof RoomBanBody>
export type BanAnswer = Static<typeof BanAnswer>
export type BansQuery = Static<typeof BansQuery>
export type BansAnswer = Static<typeof BansAnswer>
export type RoomBan = Static<typeof RoomBan>
export type KeptOut = Static<typeof KeptOut>
