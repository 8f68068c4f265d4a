// The workspace: what it is called, who may come in, and the links that invite.
import { Type, type Static } from 'typebox'
import { EmojiBy } from './custom-emoji.ts'
import { GroupsBy } from './groups.ts'
import { limits } from './limits.ts'
import { Newcomers, NewcomersBody } from './newcomers.ts'
import { Person } from './people.ts'
import { Closed, Id, Nullable, Time } from './schema.ts'
import { hues } from './workspace-icon.ts'

/** Who may make an account: everybody, who brings an invite, nobody. */
export const SignUp = Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')])
const WorkspaceName = Type.String({ maxLength: 256 })

const Hue = Type.Enum([...hues], { description: 'degrees of OKLCH' })
/** As in workspace-icon.ts. */
const IconChoice = Closed({
  text: Type.String({
    maxLength: 64,
    description: 'one emoji or up to two letters; empty: the initials of the name',
  }),
  hue: Nullable(Hue),
})
/** `picture`: the hash of a picture, which is shown instead. */
const WorkspaceIcon = Closed({
  text: Type.String(),
  hue: Hue,
  chosen: IconChoice,
  picture: Type.Optional(Type.String()),
})

const settings = {
  name: Type.String(),
  icon: Type.Optional(WorkspaceIcon),
  signUp: SignUp,
  guests: Type.Boolean(),
  askToJoin: Type.Boolean(),
  mailDomains: Type.Array(Type.String()),
  newcomers: Newcomers,
  retentionDays: Type.Integer({ minimum: 0 }),
  groups: GroupsBy,
  emoji: EmojiBy,
  offlineDays: Type.Integer({ minimum: 0 }),
}
/**
 * `icon`: missing as long as nobody has named the workspace or chosen one. `guests`: people may come in with only a name, where they could sign up. `askToJoin`: whoever is not invited may ask, where one
 * has to be. `mailDomains`: whoever has a mail address there may come in, where one has to be invited (example.org, or *.example.org
 * for everything below it). `retentionDays`: see room-settings.ts; 0: never. `groups`: who makes groups. `emoji`: who adds emoji.
 * `offlineDays`: for so many days without the server a browser shows what it has kept of the workspace; 0: it keeps nothing.
 */
export const WorkspaceAnswer = Closed(settings)
/** A way to sign in; `url`: where a browser goes for it. */
export const SignIn = Closed({
  kind: Type.Union([Type.Literal('password'), Type.Literal('oidc'), Type.Literal('ldap')]),
  name: Type.String(),
  url: Type.Optional(Type.String()),
})
/** For everybody, signed in or not. */
export const WorkspaceSeen = Closed({
  ...settings,
  signIn: Type.Array(SignIn),
  mail: Type.Boolean({ description: 'this Brook sends mail: a forgotten password can be reset by it' }),
})
/** At least one of these. */
export const WorkspaceBody = Type.Object(
  {
    name: Type.Optional(WorkspaceName),
    icon: Type.Optional(IconChoice),
    signUp: Type.Optional(SignUp),
    guests: Type.Optional(Type.Boolean()),
    askToJoin: Type.Optional(Type.Boolean()),
    mailDomains: Type.Optional(
      Type.Array(Type.String({ maxLength: 1_024 }), { maxItems: 2 * limits.mail.domains }),
    ),
    newcomers: Type.Optional(NewcomersBody),
    retentionDays: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.retention.days })),
    groups: Type.Optional(GroupsBy),
    emoji: Type.Optional(EmojiBy),
    offlineDays: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.offline.days })),
  },
  { additionalProperties: false, minProperties: 1 },
)

/** Without `uses`, any number of people may come by it; without `expiresInMs`, at any time. */
export const InviteBody = Closed({
  rooms: Type.Optional(Type.Array(Id, { maxItems: limits.invites.rooms })),
  uses: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.invites.uses })),
  expiresInMs: Type.Optional(Type.Integer({ minimum: 60_000, maximum: limits.invites.lastsMs })),
})
export const Invite = Closed({
  id: Id,
  url: Type.String(),
  code: Type.String(),
  rooms: Type.Array(Closed({ id: Id, name: Type.String() })),
  uses: Nullable(Type.Integer()),
  used: Type.Integer(),
  expiresAt: Nullable(Time),
  /** It lets nobody in any more. */
  over: Type.Boolean(),
  by: Person,
  /** Who came by it, the newest first, up to limits.invites.shown. */
  people: Type.Array(Person),
})
export const InviteAnswer = Closed({ invite: Invite })
/** Those that still let somebody in, then those that have been over for up to 30 days; each the newest first. */
export const InvitesAnswer = Closed({ invites: Type.Array(Invite) })
export const InviteParams = Closed({ invite: Id })
export const InviteCodeParams = Closed({
  invite: Type.String({ maxLength: 64, description: 'the code of its link' }),
})
/** What somebody sees who opens the link. */
export const InviteSeen = Closed({
  workspace: Type.String(),
  by: Type.String(),
  rooms: Type.Array(Closed({ name: Type.String() })),
})

export type SignUp = Static<typeof SignUp>
export type Workspace = Static<typeof WorkspaceAnswer>
export type SignIn = Static<typeof SignIn>
export type WorkspaceSeen = Static<typeof WorkspaceSeen>
export type WorkspaceBody = Static<typeof WorkspaceBody>
export type InviteBody = Static<typeof InviteBody>
export type Invite = Static<typeof Invite>
export type InviteAnswer = Static<typeof InviteAnswer>
export type InvitesAnswer = Static<typeof InvitesAnswer>
export type InviteSeen = Static<typeof InviteSeen>
