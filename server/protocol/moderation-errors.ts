// What can be refused because somebody is kept out, or because of what holds in a room. See errors.ts.
export const moderationErrors = {
  banned: { status: 403, retry: false, words: 'You are banned from here.' },
  person_banned: {
    status: 409,
    retry: false,
    words: 'This person is banned from the room. Lift the ban first.',
  },
  bad_reason: {
    status: 400,
    retry: false,
    words: 'A reason must be a single line of at most 250 characters.',
  },
  bad_network: {
    status: 400,
    retry: false,
    words: 'Enter an IP address, or a range of them such as 203.0.113.0/24.',
  },
  own_network: { status: 409, retry: false, words: 'This would ban the address you are at.' },
  is_admin: { status: 409, retry: false, words: 'An administrator cannot be banned or suspended.' },
  erased_for_good: {
    status: 409,
    retry: false,
    words: 'This was deleted more than a day ago, and cannot be restored.',
  },
  too_many_bans: { status: 409, retry: false, words: 'There are too many bans already. Lift some first.' },
  already_handled: { status: 409, retry: false, words: 'Somebody has handled this already.' },
  refused_by_rule: {
    status: 403,
    retry: false,
    words: 'This workspace does not allow a word or a link in it.',
  },
  held_for_review: {
    status: 403,
    retry: false,
    words: 'It waits for review by a moderator. Nothing is lost; you hear what becomes of it.',
  },
  archived: { status: 403, retry: false, words: 'This room is archived. Nothing can be written in it.' },
  read_only: { status: 403, retry: false, words: 'Only moderators and owners can write in this room.' },
  slow_mode: {
    status: 429,
    retry: true,
    words: 'This room is in slow mode. Wait before you write again.',
  },
  wrong_room_name: { status: 409, retry: false, words: 'This is not the name of the room.' },
  default_room: {
    status: 409,
    retry: false,
    words: 'Everyone is in this room: it stays public, and cannot be archived or deleted.',
  },
  not_for_newcomers: {
    status: 403,
    retry: false,
    words: 'Guests, and people who have only just joined, cannot do this here.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
