// The audit log: who did what, to whom, when and from where. Numbered without a hole, and never changed.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Person } from './people.ts'
import { Closed, Id, Limit, Nullable, SeqQuery, Time } from './schema.ts'

/** What is recorded. A new kind is a line here, and its words in web/words. */
export const auditKinds = [
  'signed_up',
  'came_as_guest',
  'came_as_owner',
  'signed_in',
  'sign_in_failed',
  'locked_out',
  'signed_out',
  'device_added',
  'session_ended',
  'sessions_ended',
  'password_set',
  'factor_set',
  'factor_removed',
  'passkey_added',
  'passkey_removed',
  'codes_made',
  'provider_connected',
  'provider_disconnected',
  'reset_made',
  'reset_mailed',
  'mail_address_set',
  'mail_address_removed',
  'asked_to_join',
  'request_accepted',
  'request_declined',
  'workspace_changed',
  'invite_made',
  'invite_revoked',
  'banned',
  'unbanned',
  'suspended',
  'unsuspended',
  'messages_deleted',
  'messages_restored',
  'messages_erased',
  'room_banned',
  'room_unbanned',
  'removed',
  'role',
  'handed_over',
  'renamed',
  'account_ended',
  'room_changed',
  'room_deleted',
  'room_restored',
  'room_erased',
  'admin_made',
  'admin_unmade',
  'report_handled',
  'held_handled',
  'group_made',
  'group_changed',
  'group_deleted',
  'group_joined',
  'group_left',
  'emoji_added',
  'emoji_changed',
  'emoji_removed',
  'rules_changed',
  'storage_changed',
  'backup_begun',
  'hook_made',
  'hook_changed',
  'hook_removed',
  'bot_changed',
  'exported',
] as const
export type AuditKind = (typeof auditKinds)[number]

/** What it is about; which of these there are depends on the kind. */
export const AuditAbout = Closed({
  person: Type.Optional(Person),
  room: Type.Optional(Closed({ id: Id, name: Type.Optional(Type.String()) })),
  /** Of a ban: an address or a range. */
  network: Type.Optional(Type.String()),
  /** Of a passkey, or of somebody who has no account. */
  name: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  until: Type.Optional(Time),
  /** The id of an invite, a webhook, a session or a report. */
  id: Type.Optional(Type.String()),
  role: Type.Optional(Type.String()),
  /** How many messages, and since when. */
  messages: Type.Optional(Type.Integer({ minimum: 0 })),
  since: Type.Optional(Time),
  /** What was changed, with its new values. */
  changed: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean(), Type.Number()])),
  ),
})
export const AuditEntry = Closed({
  seq: Type.Integer({ minimum: 1 }),
  at: Time,
  /** Of a later version it may be one that this one does not know. */
  kind: Type.Unsafe<AuditKind>(Type.String({ description: auditKinds.join(', ') })),
  /** Null: nobody who is signed in. */
  by: Nullable(Person),
  address: Nullable(Type.String()),
  about: AuditAbout,
})
/** At most one of `after` and `before`; neither: the newest. */
export const AuditQuery = Closed({
  after: SeqQuery('only what has a higher number; without it, the newest'),
  before: SeqQuery('only what has a lower number; without it, the newest'),
  kind: Type.Optional(
    Type.Unsafe<AuditKind>(
      Type.Union(
        auditKinds.map((kind) => Type.Literal(kind)),
        { description: 'only entries of this kind; without it, of all' },
      ),
    ),
  ),
  person: Type.Optional(
    Type.String({
      ...Id,
      description: 'only what this person did, and what was done to them; without it, of everybody',
    }),
  ),
  limit: Limit(limits.audit.page.default, limits.audit.page.max),
})
/** By number, the lowest first. `head`: the newest number. */
export const AuditAnswer = Closed({ entries: Type.Array(AuditEntry), head: Type.Integer({ minimum: 0 }) })

export type AuditAbout = Static<typeof AuditAbout>
export type AuditEntry = Static<typeof AuditEntry>
export type AuditQuery = Static<typeof AuditQuery>
export type AuditAnswer = Static<typeof AuditAnswer>
