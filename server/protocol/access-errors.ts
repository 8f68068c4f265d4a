// The part of errors.ts that is about asking to join, and about mail.
import { mailErrors } from './mail-errors.ts'

/** Who may come in, and what the workspace is called. */
export const doorErrors = {
  invite_needed: {
    status: 403,
    retry: false,
    words: 'An invitation is needed to join. Ask a member for a link.',
  },
  invite_over: {
    status: 410,
    retry: false,
    words: 'This link has been used up, has expired, or was revoked. Ask for another.',
  },
  sign_up_closed: { status: 403, retry: false, words: 'New accounts are not accepted at the moment.' },
  no_guests: { status: 403, retry: false, words: 'Guests cannot join. Sign up with a password.' },
  bad_workspace_name: {
    status: 400,
    retry: false,
    words: 'The name must have 1 to 64 characters, without control characters or direction marks.',
  },
  bad_workspace_icon: {
    status: 400,
    retry: false,
    words: 'An icon is a single emoji, or one or two letters or digits.',
  },
  too_many_invites: {
    status: 409,
    retry: false,
    words: 'There are already 200 active links. Revoke one first.',
  },
} as const

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
