// The HTTP calls of coming in, and of one's own sessions. Each returns its answer or a Refusal, and never throws.
import type { SessionsAnswer, UserAnswer } from '../../server/protocol/http.ts'
import type { SessionAnswer } from '../../server/protocol/security.ts'
import type { InviteSeen, WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { request } from './http.ts'

export const whoAmI = () => request<SessionAnswer>({ method: 'GET', path: '/session' })
/** `invite`: the code of the link by which somebody comes. */
export const enterAsGuest = (name: string, invite?: string) =>
  request<UserAnswer>({ method: 'POST', path: '/guests', body: { name, invite } })
export const signUp = (name: string, password: string, invite?: string) =>
  request<UserAnswer>({ method: 'POST', path: '/users', body: { name, password, invite } })
/** `code`: of the owner's link. */
export const comeAsOwner = (code: string, name: string, password: string) =>
  request<UserAnswer>({ method: 'POST', path: '/owner', body: { code, name, password } })
export const signIn = (name: string, password: string) =>
  request<UserAnswer>({ method: 'POST', path: '/session', body: { name, password } })
export const signOut = () => request<undefined>({ method: 'DELETE', path: '/session' })
export const setPassword = (password: string, current?: string) =>
  request<UserAnswer>({ method: 'PUT', path: '/session/password', body: { password, current } })
export const listSessions = () => request<SessionsAnswer>({ method: 'GET', path: '/sessions' })
export const endSession = (id: string) => request<undefined>({ method: 'DELETE', path: `/sessions/${id}` })
export const seeWorkspace = () => request<WorkspaceSeen>({ method: 'GET', path: '/workspace' })
export const seeInvite = (code: string) => request<InviteSeen>({ method: 'GET', path: `/invites/${code}` })
