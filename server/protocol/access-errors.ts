// The part of errors.ts that is about asking to join, and about mail.
import { mailErrors } from './mail-errors.ts'

export const accessErrors = {
  asking_off: {
    status: 403,
    retry: false,
    words: 'Nobody can ask to join here. Ask a member for a link.',
  },
  too_many_asking: {
    status: 409,
    retry: false,
    words: 'Too many people are waiting for an answer already. Try again another day.',
  },
  bad_words: { status: 400, retry: false, words: 'Use a single line of at most 250 characters.' },
  request_over: {
    status: 410,
    retry: false,
    words: 'This request has been answered, was taken back, or has expired.',
  },
  ...mailErrors,
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
