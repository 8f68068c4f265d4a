// What people say about themselves, and who is here: shapes of /api/people, of one's own profile, and of the looks that the
// socket tells.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Emoji, Id, Limit, Line, NextQuery, Nullable, Time } from './schema.ts'

/** What somebody has chosen. `dnd`: nothing rings or is pushed. `invisible`: everybody sees them offline. */
export const PresenceChoice = Type.Union(
  [Type.Literal('auto'), Type.Literal('dnd'), Type.Literal('invisible')],
  { description: 'whether others see that you are here' },
)
/** `idle`: no device has had input for limits.presence.idleAfterMs, or shows the page. */
export const Presence = Type.Union([
  Type.Literal('online'),
  Type.Literal('idle'),
  Type.Literal('dnd'),
  Type.Literal('offline'),
])

/** `emoji` or `text` may be ''. It ends by itself at `until`; null: when they change it. */
export const Status = Closed({
  emoji: Type.String({ description: 'one emoji, or empty' }),
  text: Type.String(),
  until: Nullable(Time),
})

/** How somebody looks wherever their name stands. What is not there is not set; `avatar`: the hash of the image. */
const lookFields = {
  presence: Presence,
  avatar: Type.Optional(Type.String()),
  status: Type.Optional(Status),
}
export const Look = Closed({
  id: Id,
  ...lookFields,
  /** They have no password: whoever has their browser is this person. */
  guest: Type.Optional(Type.Literal(true)),
})

/** One's own, with what one has chosen. */
export const OwnLook = Closed({
  choice: PresenceChoice,
  avatar: lookFields.avatar,
  status: lookFields.status,
})

const profileFields = {
  id: Id,
  name: Type.String(),
  title: Type.String(),
  pronouns: Type.String(),
  /** Null: they do not say. */
  timeZone: Nullable(Type.String()),
  ...lookFields,
  /** Of who is offline, if it is known. */
  lastSeen: Type.Optional(Time),
  guest: Type.Boolean(),
  admin: Type.Boolean(),
  bot: Type.Optional(Type.Literal(true)),
}
export const Profile = Closed(profileFields)

/** A room that the reader is in, too. */
export const SharedRoom = Closed({ id: Id, name: Type.String() })
export const ProfileAnswer = Closed({
  person: Closed({ ...profileFields, about: Type.String() }),
  /** The first by name, at most limits.profiles.sharedRooms. */
  rooms: Type.Array(SharedRoom),
  roomsTotal: Type.Integer({ minimum: 0 }),
})

export const PeopleQuery = Closed({
  query: Type.Optional(
    Type.String({
      maxLength: 4 * limits.profiles.queryChars,
      description: 'what their name or title has in it; without it, everybody',
    }),
  ),
  after: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.profiles.page.default, limits.profiles.page.max),
})
export const PeopleAnswer = Closed({ people: Type.Array(Profile), next: Nullable(Id) })
export const PersonParams = Type.Object({ person: Id })
export const AvatarQuery = Closed({
  v: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'the hash of the image, for caches; without it, the one of now',
    }),
  ),
})

/** The fields of PATCH /api/me that are about the profile. What is missing stays; '' or null removes. */
export const profileChanges = {
  title: Type.Optional(Line(limits.profiles.titleChars)),
  pronouns: Type.Optional(Line(limits.profiles.pronounsChars)),
  about: Type.Optional(Line(limits.profiles.aboutChars)),
  timeZone: Type.Optional(
    Nullable(Type.String({ maxLength: 64, description: 'an IANA time zone', examples: ['Asia/Shanghai'] })),
  ),
  status: Type.Optional(
    Nullable(
      Closed({
        emoji: Type.Optional(Type.Union([Type.Literal(''), Emoji])),
        // Longer ones are refused with a better message than "wrong form".
        text: Type.Optional(Type.String({ maxLength: limits.frameBytes })),
        until: Type.Optional(Nullable(Time)),
      }),
    ),
  ),
  presence: Type.Optional(PresenceChoice),
}

/** One's own profile, as GET /api/me has it. */
export const OwnProfile = Closed({
  title: Type.String(),
  pronouns: Type.String(),
  about: Type.String(),
  timeZone: Nullable(Type.String()),
  presence: PresenceChoice,
  avatar: lookFields.avatar,
  status: lookFields.status,
})
export const OwnProfileAnswer = Closed({ profile: OwnProfile })

export type PresenceChoice = Static<typeof PresenceChoice>
export type Presence = Static<typeof Presence>
export type Status = Static<typeof Status>
export type Look = Static<typeof Look>
export type OwnLook = Static<typeof OwnLook>
export type Profile = Static<typeof Profile>
export type ProfileAnswer = Static<typeof ProfileAnswer>
export type PeopleQuery = Static<typeof PeopleQuery>
export type PeopleAnswer = Static<typeof PeopleAnswer>
export type OwnProfile = Static<typeof OwnProfile>
const changes = Type.Object(profileChanges)
export type ProfileChanges = Static<typeof changes>
