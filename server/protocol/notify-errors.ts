// What can be refused of somebody's notifications. See errors.ts.
export const notifyErrors = {
  bad_keyword: {
    status: 400,
    retry: false,
    words: 'A keyword must be a word or a phrase of 1 to 50 characters, without control characters.',
  },
  bad_quiet_hours: {
    status: 400,
    retry: false,
    words: 'Quiet hours must begin and end at different times, and those of one day must not overlap.',
  },
  bad_snooze: { status: 400, retry: false, words: 'A pause must end in the future, within a year.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
