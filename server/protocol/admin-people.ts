// The people of the workspace, as its administrators see them.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Ban } from './moderation.ts'
import { Closed, Id, Limit, NextQuery, Nullable, Time } from './schema.ts'

export const AdminPerson = Closed({
  id: Id,
  name: Type.String(),
  guest: Type.Boolean(),
  bot: Type.Boolean(),
  admin: Type.Boolean(),
  createdAt: Time,
  /** When one of their open sessions was last used, to the hour; null: they have none. */
  lastSeen: Nullable(Time),
  /** Their open sessions. */
  sessions: Type.Integer({ minimum: 0 }),
  /** Null: they are not banned. */
  ban: Nullable(Ban),
})
export const AdminPeopleQuery = Closed({
  query: Type.Optional(
    Type.String({
      maxLength: 4 * limits.nameChars,
      description: 'a part of the name; without it, everybody',
      examples: ['ann'],
    }),
  ),
  after: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.people.page.default, limits.people.page.max),
})
/** Whoever has exactly this name, then those whose names have it in them; each the newest first. */
export const AdminPeopleAnswer = Closed({ people: Type.Array(AdminPerson), next: Nullable(Id) })
export const AdminPersonParams = Closed({ user: Id })

export type AdminPerson = Static<typeof AdminPerson>
export type AdminPeopleQuery = Static<typeof AdminPeopleQuery>
export type AdminPeopleAnswer = Static<typeof AdminPeopleAnswer>
