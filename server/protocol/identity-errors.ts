// The part of errors.ts that is about how people prove who they are.

export const identityErrors = {
  /** The answer has a `ticket`, to be sent with the code. */
  second_factor_needed: {
    status: 401,
    retry: false,
    words: 'The password is right. A code of the second factor is needed too.',
  },
  wrong_code: { status: 401, retry: false, words: 'The code is wrong, or has been used already.' },
  ticket_over: { status: 410, retry: false, words: 'This took too long, or was done already. Begin again.' },
  second_factor_required: {
    status: 403,
    retry: false,
    words: 'Administrators need a second factor here. Set one up first.',
  },
  no_second_factor: { status: 409, retry: false, words: 'You have no second factor. Set one up first.' },
  passkey_failed: {
    status: 401,
    retry: false,
    words: 'The passkey did not work: another site asked for it, or it has been copied. Try again.',
  },
  passkey_unknown: {
    status: 401,
    retry: false,
    words: 'No such passkey is known here. It may have been removed.',
  },
  passkey_known: { status: 409, retry: false, words: 'This passkey has been added already.' },
  too_many_passkeys: {
    status: 409,
    retry: false,
    words: 'You can have at most 20 passkeys. Remove one first.',
  },
  no_passkeys_here: {
    status: 409,
    retry: false,
    words: 'Passkeys need a name such as chat.example. This Brook was opened by an IP address.',
  },
  device_over: {
    status: 410,
    retry: false,
    words: 'This code has been used, has expired, or was ended. Show a new one on the other screen.',
  },
  reset_over: {
    status: 410,
    retry: false,
    words: 'This link has been used, has expired, or was replaced. Ask for another.',
  },
  admin_reset: {
    status: 403,
    retry: false,
    words: "An administrator's password is reset on the server: npx brook admin reset NAME.",
  },
  oidc_away: {
    status: 503,
    retry: true,
    words: 'The sign-in provider cannot be reached right now. Sign in with a password, or try again later.',
  },
  oidc_failed: { status: 400, retry: false, words: 'Signing in by the provider did not work. Begin again.' },
  oidc_taken: {
    status: 409,
    retry: false,
    words: 'This account of the provider already belongs to somebody here.',
  },
  sign_in_again: {
    status: 403,
    retry: false,
    words: 'Sign in again first, and then do this within ten minutes.',
  },
  password_needed: { status: 409, retry: false, words: 'You have no password. Set one first.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
