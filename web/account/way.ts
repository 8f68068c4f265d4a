// The ways into Brook: by name alone, or with a password, known or new.
export const ways = ['guest', 'signIn', 'signUp'] as const
export type Way = (typeof ways)[number]
