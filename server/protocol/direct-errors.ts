// What can be refused because of who is in a direct room, or who may write to whom. See errors.ts.
export const directErrors = {
  too_many_people: {
    status: 400,
    retry: false,
    words: 'A direct conversation has at most 15 people. Create a room for more.',
  },
  no_such_people: {
    status: 404,
    retry: false,
    words: 'Somebody you chose does not exist, or is not here any more.',
  },
  yourself_twice: {
    status: 400,
    retry: false,
    words: 'You chose yourself more than once. You are in it anyway.',
  },
  not_with_bots: { status: 400, retry: false, words: 'A bot cannot be in a direct conversation.' },
  /** The same whether they have blocked this person, want nobody to write to them, are banned, or have ended their account. */
  cannot_write: { status: 403, retry: false, words: 'You cannot write to this person.' },
  you_blocked: {
    status: 403,
    retry: false,
    words: 'You have blocked this person. Unblock them to write to them.',
  },
  direct_stays: {
    status: 409,
    retry: false,
    words: 'A conversation of two cannot be left. Close it: it comes back when somebody writes.',
  },
  too_many_blocked: { status: 409, retry: false, words: 'You can block at most 1,000 people.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
