// What can be refused of push subscriptions. See errors.ts.
export const pushErrors = {
  bad_push_url: {
    status: 400,
    retry: false,
    words: 'A push subscription needs an https URL of at most 1,000 characters, without a password.',
  },
  private_push_url: {
    status: 400,
    retry: false,
    words: 'This push service is in a private network. Set WEBHOOK_PRIVATE=on to allow such addresses.',
  },
  bad_push_keys: {
    status: 400,
    retry: false,
    words: 'The keys of this push subscription are not those of a browser: p256dh has 65 bytes, auth 16.',
  },
  no_push_here: { status: 409, retry: false, words: 'Notifications are not turned on for this device.' },
  push_not_taken: {
    status: 502,
    retry: true,
    words: 'The push service of this device did not take the message.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
