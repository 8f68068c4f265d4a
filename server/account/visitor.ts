// Who asks to come in, and what comes of it.
import type { Refusal } from '../protocol/errors.ts'
import type { User } from '../protocol/people.ts'

/** Where a request comes from: rate limits use the address, the list of sessions shows the agent. */
export interface Visitor {
  address: string
  agent: string
}

/** The person who signed in, and the token of their new session. */
export interface SignedIn {
  user: User
  token: string
}

/** A refused sign-in; `account` and `name`: whose, for the logs alone, if there is one of this name. */
export type SignInRefusal = Refusal & { account?: string; name?: string }
