// The HTTP calls of passkeys. Each returns its answer or a Refusal, and never throws.
import type { UserAnswer } from '../../server/protocol/http.ts'
import type {
  PasskeyAnswer,
  PasskeyMade,
  PasskeyOptionsAnswer,
  PasskeyUsed,
  WaysAnswer,
} from '../../server/protocol/passkeys.ts'
import { request } from './http.ts'

/** `step`: the ticket of `second_factor_needed`; without it, whoever it is. */
export const beginPasskeySignIn = (step?: string) =>
  request<PasskeyOptionsAnswer>({ method: 'POST', path: '/session/passkey/options', body: { ticket: step } })
export const finishPasskeySignIn = (ticket: string, used: PasskeyUsed) =>
  request<UserAnswer>({ method: 'POST', path: '/session/passkey', body: { ticket, used } })
export const waysOfStep = (step: string) =>
  request<WaysAnswer>({ method: 'POST', path: '/session/second-factor/ways', body: { ticket: step } })

export const beginPasskey = (password: string) =>
  request<PasskeyOptionsAnswer>({ method: 'POST', path: '/security/passkeys/options', body: { password } })
export const addPasskey = (ticket: string, name: string, made: PasskeyMade) =>
  request<PasskeyAnswer>({ method: 'POST', path: '/security/passkeys', body: { ticket, name, made } })
export const renamePasskey = (id: string, name: string) =>
  request<undefined>({ method: 'PATCH', path: `/security/passkeys/${id}`, body: { name } })
export const removePasskey = (id: string, password: string) =>
  request<undefined>({ method: 'DELETE', path: `/security/passkeys/${id}`, body: { password } })
