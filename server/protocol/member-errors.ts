// The part of errors.ts that is about what people set for themselves in rooms.

export const memberErrors = {
  bad_mute: {
    status: 400,
    retry: false,
    words: 'A room can be muted until a time within the next year, or until you turn it off.',
  },
  no_such_section: { status: 404, retry: false, words: 'You have no such section.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
