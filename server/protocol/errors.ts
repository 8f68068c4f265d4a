// The only table of errors that a person can see: code, HTTP status, message, and whether a retry can help.
// A retired code is never reused.

import { accessErrors, doorErrors } from './access-errors.ts'
import { customEmojiErrors } from './custom-emoji-errors.ts'
import { directErrors } from './direct-errors.ts'
import { fileErrors } from './file-errors.ts'
import { identityErrors } from './identity-errors.ts'
import { memberErrors } from './member-errors.ts'
import { laterErrors } from './later-errors.ts'
import { moderationErrors } from './moderation-errors.ts'
import { profileErrors } from './profile-errors.ts'
import { notifyErrors } from './notify-errors.ts'
import { pushErrors } from './push-errors.ts'

export const errors = {
  bad_frame: {
    status: 400,
    retry: false,
    words: 'The frame is not valid JSON, or not a known kind of request.',
  },
  bad_request: {
    status: 400,
    retry: false,
    words: 'Something in the request is missing or invalid.',
  },
  method_not_allowed: {
    status: 405,
    retry: false,
    words: "This address doesn't accept that kind of request.",
  },
  unknown_type: { status: 400, retry: false, words: 'This server does not know this type of request.' },
  frame_too_large: { status: 413, retry: false, words: 'The frame is larger than 64 KiB.' },
  empty_message: { status: 400, retry: false, words: 'A message needs at least one character.' },
  message_too_long: { status: 413, retry: false, words: 'A message can have at most 16 KiB.' },
  bad_text: { status: 400, retry: false, words: 'The text contains characters that cannot be stored.' },
  cid_used: { status: 409, retry: false, words: 'This cid has already been used for something else.' },
  bad_cid: { status: 400, retry: false, words: 'The cid must be a UUIDv7.' },
  bad_name: {
    status: 400,
    retry: false,
    words: 'A name must have 1 to 32 characters, without control characters or direction marks.',
  },
  bad_room_name: {
    status: 400,
    retry: false,
    words: 'A room name must have 1 to 64 characters, without control characters or direction marks.',
  },
  misleading_name: {
    status: 400,
    retry: false,
    words: 'This name is reserved, or mixes alphabets that look alike.',
  },
  bad_topic: { status: 400, retry: false, words: 'A topic must be a single line of at most 250 characters.' },
  ...doorErrors,
  bad_password: { status: 400, retry: false, words: 'A password must have 8 to 256 characters.' },
  common_password: {
    status: 400,
    retry: false,
    words:
      'This password is easy to guess: common, or built on your name or the name of the workspace. Use several unrelated words.',
  },
  bad_cursor: { status: 400, retry: false, words: 'The cursor is not valid for this Brook.' },
  bad_query: { status: 400, retry: false, words: 'This search query is not valid.' },
  bad_reply: { status: 400, retry: false, words: 'The message being replied to is not in this room.' },
  bad_thread: {
    status: 400,
    retry: false,
    words: 'A thread must start from a message in this room that is not itself a thread reply.',
  },
  no_such_message: { status: 404, retry: false, words: 'There is no such message in this room.' },
  message_deleted: { status: 409, retry: false, words: 'This message has been deleted.' },
  not_yours: { status: 403, retry: false, words: 'Only the author can change this message.' },
  not_editable: { status: 409, retry: false, words: 'This kind of message cannot be edited.' },
  bad_emoji: { status: 400, retry: false, words: 'A reaction must be a single emoji.' },
  bad_poll: { status: 400, retry: false, words: 'A poll needs a question and 2 to 20 different answers.' },
  bad_end: { status: 400, retry: false, words: 'A poll must end in the future, within a year.' },
  bad_vote: { status: 400, retry: false, words: 'This poll has no such answer, or allows only one.' },
  not_a_poll: { status: 409, retry: false, words: 'This message is not a poll.' },
  poll_closed: { status: 409, retry: false, words: 'This poll is closed.' },
  too_many_votes: { status: 409, retry: false, words: 'At most 1,000 people can vote in a poll.' },
  too_many_reactions: {
    status: 409,
    retry: false,
    words: 'A message can have at most 50 different reactions and 1,000 in total.',
  },
  too_many_pins: {
    status: 409,
    retry: false,
    words: 'A room can have at most 100 pinned messages. Unpin one first.',
  },
  too_many_saved: {
    status: 409,
    retry: false,
    words: 'You can save at most 1,000 messages. Remove one first.',
  },
  name_taken: { status: 409, retry: false, words: 'This name is already taken.' },
  last_admin: {
    status: 409,
    retry: false,
    words: 'You are the last administrator. Make somebody else one first.',
  },
  name_alike: {
    status: 409,
    retry: false,
    words: "This name looks like somebody else's here.",
  },
  room_name_alike: {
    status: 409,
    retry: false,
    words: 'This name looks like that of another room.',
  },
  room_name_taken: {
    status: 409,
    retry: false,
    words: 'Another room has this name, or had it in the last 30 days.',
  },
  has_password: {
    status: 409,
    retry: false,
    words: 'This account already has a password. Enter the current one to change it.',
  },
  wrong_password: { status: 401, retry: false, words: 'The name or the password is wrong.' },
  ...accessErrors,
  ...identityErrors,
  ...moderationErrors,
  ...profileErrors,
  ...memberErrors,
  ...customEmojiErrors,
  ...notifyErrors,
  ...directErrors,
  ...laterErrors,
  ...pushErrors,
  ...fileErrors,
  signed_out: { status: 401, retry: false, words: 'Sign in first.' },
  not_found: { status: 404, retry: false, words: 'This does not exist, or you do not have access to it.' },
  not_allowed: { status: 403, retry: false, words: 'You are not allowed to do this in this room.' },
  only_bots: { status: 403, retry: false, words: 'Only bots can use this. Send a bot token.' },
  not_for_bots: {
    status: 403,
    retry: false,
    words: 'Bots cannot do this. Use the brook bot command to manage a bot.',
  },
  bot_needs_admin: {
    status: 403,
    retry: false,
    words: 'A bot hears everything in a room. Only an administrator can add one here.',
  },
  no_such_person: { status: 404, retry: false, words: 'There is nobody with this name.' },
  no_such_member: { status: 404, retry: false, words: 'This person is not in the room.' },
  last_owner: {
    status: 409,
    retry: false,
    words: 'A room needs an owner. Make somebody else an owner first.',
  },
  too_many_rooms: {
    status: 409,
    retry: false,
    words: 'You can be in at most 1,000 rooms. Leave one first.',
  },
  too_many_sockets: {
    status: 429,
    retry: true,
    words: 'You can have at most 100 connections to one server. Close a tab or a program.',
  },
  last_room: { status: 409, retry: false, words: 'Everyone is in this room. It cannot be left.' },
  bad_url: {
    status: 400,
    retry: false,
    words: 'A webhook needs an http or https URL without a password.',
  },
  private_url: {
    status: 400,
    retry: false,
    words: 'This address is in a private network. Set WEBHOOK_PRIVATE=on to allow such addresses.',
  },
  bad_filter: { status: 400, retry: false, words: 'A webhook filter must be a single word without spaces.' },
  too_many_hooks: {
    status: 409,
    retry: false,
    words: 'A room can have at most 20 webhooks of each kind. Remove one first.',
  },
  bad_origin: { status: 403, retry: false, words: 'The request came from another site.' },
  no_metrics: {
    status: 401,
    retry: false,
    words: 'Metrics are available only from this machine, or with METRICS_TOKEN.',
  },
  bad_host: {
    status: 403,
    retry: false,
    words: 'This Brook does not answer under this address. Its administrator can allow it: PUBLIC_URL.',
  },
  too_many: { status: 429, retry: true, words: 'Too many requests.' },
  overloaded: {
    status: 503,
    retry: true,
    words: 'Brook is catching up. Nothing is lost; try again in a moment.',
  },
  log_unavailable: {
    status: 503,
    retry: true,
    words: 'Messages cannot be sent right now. They are kept here and sent later.',
  },
  /** The outcome is not known: sending the same cid again returns the same number. */
  log_unknown: {
    status: 503,
    retry: true,
    words: 'It is not known whether this was saved. It will be sent again.',
  },
  history_unavailable: { status: 503, retry: true, words: 'Older history is unavailable right now.' },
  /** MySQL is down, and the cache in Redis cannot answer this. */
  unavailable: {
    status: 503,
    retry: true,
    words: 'Brook cannot reach its database right now. Try again in a moment.',
  },
  not_ready: { status: 503, retry: true, words: 'The server is starting up.' },
  no_backups: { status: 409, retry: false, words: 'Backups are not set up: BACKUP_TO is not set.' },
  no_sync: {
    status: 503,
    retry: true,
    words: 'Nothing is being archived: no sync process is running. No messages are lost.',
  },
  sync_late: {
    status: 503,
    retry: true,
    words: 'Not everything is archived yet. Sync is still working, and nothing is lost.',
  },
  sync_failed: {
    status: 503,
    retry: true,
    words: 'Sync could not write to the archive. Nothing is lost; it will try again.',
  },
  internal: { status: 500, retry: true, words: 'Something went wrong on the server.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>

export type ErrorCode = keyof typeof errors

/** A refusal: bad input as a value, never thrown. `detail` names the field or the limit. */
export interface Refusal {
  code: ErrorCode
  detail?: string
  /** Milliseconds after which a retry can help. */
  retryAfterMs?: number
  /** Of a ban: why, and until when. */
  ban?: { reason: string; until: number | null; suspended?: true }
  /** To be sent with the next step, where there is one. */
  ticket?: string
}

/** Somebody is told why they are kept out, and until when. */
export function banned(ban: NonNullable<Refusal['ban']>): Refusal {
  const until = ban.until === null ? [] : [`until ${new Date(ban.until).toISOString()}`]
  const kind = ban.suspended === true ? ['suspended'] : []
  const detail = [...kind, ...(ban.reason === '' ? [] : [ban.reason]), ...until].join('; ')
  return { code: 'banned', ban, ...(detail === '' ? {} : { detail }) }
}

/** What is said of a refusal in an answer: with its detail, and for a rate with how long to wait. */
export function messageOf({ code, detail, retryAfterMs }: Refusal): string {
  const { words } = errors[code]
  const more = detail === undefined ? '' : ` (${detail})`
  return `${words}${more}${code === 'too_many' ? ` Try again ${inTime(retryAfterMs ?? 0)}.` : ''}`
}

function inTime(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  if (ms <= 5_000) return 'in a moment'
  if (ms < 60_000) return `in ${Math.ceil(ms / 1_000)} seconds`
  return minutes === 1 ? 'in a minute' : `in ${minutes} minutes`
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code)

/**
 * WebSocket close codes. Below 4500: reconnect (with full jitter). From 4500: do not, something must change first.
 * 1001 and 1012 (going away, restarting) come from the protocol itself and mean reconnect.
 */
export const closes = {
  tooSlow: { code: 4001, reason: 'too slow; reconnect with your cursor' },
  moving: { code: 4002, reason: 'this server is stopping; reconnect' },
  silent: { code: 4003, reason: 'no answer to pings' },
  crowded: { code: 4004, reason: 'too many connections of one person; close some' },
  signedOut: { code: 4501, reason: 'signed out' },
  abuse: { code: 4502, reason: 'too many bad frames' },
} as const

export const mayComeBack = (closeCode: number): boolean => closeCode < 4500
