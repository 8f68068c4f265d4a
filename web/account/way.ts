// The ways to sign in: by name alone, or with a password, existing or new.
export const ways = ['guest', 'signIn', 'signUp'] as const
export type Way = (typeof ways)[number]
