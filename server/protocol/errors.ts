// The only table of what a person can meet: code, HTTP status, words, and whether trying again can help.
// A retired code is never used again.

export const errors = {
  bad_frame: { status: 400, retry: false, words: 'That was not a valid JSON command.' },
  bad_request: {
    status: 400,
    retry: false,
    words: 'Something in the request is missing or has the wrong form.',
  },
  unknown_type: { status: 400, retry: false, words: 'This server does not know that command.' },
  frame_too_large: { status: 413, retry: false, words: 'That is more than 64 KiB at once.' },
  empty_message: { status: 400, retry: false, words: 'A message needs at least one character.' },
  message_too_long: { status: 413, retry: false, words: 'A message may have 16 KiB at most.' },
  bad_text: { status: 400, retry: false, words: 'The text has characters that cannot be kept.' },
  bad_cid: { status: 400, retry: false, words: 'The cid must be a UUIDv7.' },
  bad_name: {
    status: 400,
    retry: false,
    words: 'A name has 1 to 32 characters, without control or direction marks.',
  },
  bad_room_name: {
    status: 400,
    retry: false,
    words: 'A room name has 1 to 64 characters, without control or direction marks.',
  },
  bad_topic: { status: 400, retry: false, words: 'A topic has at most 250 characters on one line.' },
  bad_password: { status: 400, retry: false, words: 'A password has 8 to 256 characters.' },
  bad_cursor: { status: 400, retry: false, words: 'That is no cursor of this Brook.' },
  bad_query: { status: 400, retry: false, words: 'This cannot be searched for.' },
  bad_reply: { status: 400, retry: false, words: 'The message being answered is not in this room.' },
  bad_thread: {
    status: 400,
    retry: false,
    words: 'A thread begins with a message of this room that is no reply in a thread itself.',
  },
  no_such_message: { status: 404, retry: false, words: 'There is no such message here.' },
  message_deleted: { status: 409, retry: false, words: 'This message has been deleted.' },
  not_yours: { status: 403, retry: false, words: 'Only the person who wrote this can change it.' },
  bad_emoji: { status: 400, retry: false, words: 'A reaction is one emoji.' },
  too_many_reactions: {
    status: 409,
    retry: false,
    words: 'A message takes 50 different reactions and 1,000 in all.',
  },
  too_many_pins: {
    status: 409,
    retry: false,
    words: 'A room has at most 100 pinned messages; unpin one first.',
  },
  too_many_saved: {
    status: 409,
    retry: false,
    words: 'One can save 1,000 messages at most. Remove one first.',
  },
  name_taken: { status: 409, retry: false, words: 'Somebody has this name already.' },
  room_name_taken: { status: 409, retry: false, words: 'There is a room with this name already.' },
  has_password: {
    status: 409,
    retry: false,
    words: 'This account has a password already; give the current one to change it.',
  },
  wrong_password: { status: 401, retry: false, words: 'The name or the password is not right.' },
  signed_out: { status: 401, retry: false, words: 'Sign in first.' },
  not_found: { status: 404, retry: false, words: 'There is nothing here, or it is not yours to see.' },
  not_allowed: { status: 403, retry: false, words: 'You may not do that in this room.' },
  only_bots: { status: 403, retry: false, words: 'Only a bot has this; show its token.' },
  not_for_bots: {
    status: 403,
    retry: false,
    words: 'A bot cannot do this; it is looked after with the brook bot command.',
  },
  no_such_person: { status: 404, retry: false, words: 'Nobody has this name.' },
  no_such_member: { status: 404, retry: false, words: 'This person is not in the room.' },
  last_owner: {
    status: 409,
    retry: false,
    words: 'A room needs an owner; make somebody else one first.',
  },
  too_many_rooms: {
    status: 409,
    retry: false,
    words: 'Nobody can be in more than 1,000 rooms; leave one first.',
  },
  last_room: { status: 409, retry: false, words: 'Everybody is in this room; it cannot be left.' },
  bad_url: {
    status: 400,
    retry: false,
    words: 'A webhook needs an http or https address without a password in it.',
  },
  private_url: {
    status: 400,
    retry: false,
    words: 'This address is in a private network; WEBHOOK_PRIVATE=on lets webhooks reach those.',
  },
  bad_filter: { status: 400, retry: false, words: 'A webhook listens for one word, without spaces.' },
  too_many_hooks: {
    status: 409,
    retry: false,
    words: 'A room has at most 20 webhooks of a kind; remove one first.',
  },
  bad_origin: { status: 403, retry: false, words: 'The request came from another site.' },
  too_many: { status: 429, retry: true, words: 'Too many at once. Try again in a moment.' },
  overloaded: {
    status: 503,
    retry: true,
    words: 'Brook is catching up. Nothing is lost; try again in a moment.',
  },
  log_unavailable: {
    status: 503,
    retry: true,
    words: 'Messages cannot be taken right now. They wait here and are sent later.',
  },
  /** The outcome is not known: the same cid is sent again and gives the same number. */
  log_unknown: {
    status: 503,
    retry: true,
    words: 'It is not known whether this was kept. It is asked again.',
  },
  history_unavailable: { status: 503, retry: true, words: 'Older history is unavailable right now.' },
  /** MySQL is away, and what Redis keeps of it does not answer this. */
  unavailable: {
    status: 503,
    retry: true,
    words: 'Brook cannot reach its database right now. Try again in a moment.',
  },
  not_ready: { status: 503, retry: true, words: 'Brook is starting.' },
  no_sync: {
    status: 503,
    retry: true,
    words: 'Nobody archives right now: no sync process is running. Nothing is lost.',
  },
  sync_late: {
    status: 503,
    retry: true,
    words: 'Not everything is archived yet. Sync goes on with it, and nothing is lost.',
  },
  sync_failed: {
    status: 503,
    retry: true,
    words: 'Sync could not write to the archive. Nothing is lost; it tries again.',
  },
  internal: { status: 500, retry: true, words: 'Something went wrong on our side.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>

export type ErrorCode = keyof typeof errors

/** A refusal: bad input as a value, never thrown across a room's wall. `detail` names the field or the limit. */
export interface Refusal {
  code: ErrorCode
  detail?: string
  /** Milliseconds after which trying again can help. */
  retryAfterMs?: number
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code)

/**
 * WebSocket close codes. Below 4500: come back (with full jitter). From 4500: do not, something must change first.
 * 1001 and 1012 (going away, restarting) come from the protocol itself and mean come back.
 */
export const closes = {
  tooSlow: { code: 4001, reason: 'too slow; come back with your cursor' },
  moving: { code: 4002, reason: 'this server is stopping; come back' },
  silent: { code: 4003, reason: 'no answer to pings' },
  signedOut: { code: 4501, reason: 'signed out' },
  abuse: { code: 4502, reason: 'too many bad frames' },
} as const

export const mayComeBack = (closeCode: number): boolean => closeCode < 4500
