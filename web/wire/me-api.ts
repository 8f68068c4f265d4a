// The HTTP calls about one's own account. Each returns its answer or a Refusal, and never throws.
import type { EndBody } from '../../server/protocol/ending.ts'
import type { UserAnswer } from '../../server/protocol/http.ts'
import type { MeAnswer } from '../../server/protocol/naming.ts'
import { request } from './http.ts'

/** The address from which the browser downloads all that is this person's. */
export const ownFile = '/api/me/export'
/** The same with what one has sent, as a zip. */
export const ownFiles = '/api/me/export?files=1'
export const readMe = () => request<MeAnswer>({ method: 'GET', path: '/me' })
/** `password`: of whoever has one. */
export const renameMe = (name: string, password: string | undefined) =>
  request<UserAnswer>({
    method: 'PATCH',
    path: '/me',
    body: password === undefined ? { name } : { name, password },
  })
export const endMe = (messages: EndBody['messages'], password: string | undefined) =>
  request<undefined>({
    method: 'DELETE',
    path: '/me',
    body: password === undefined ? { messages } : { messages, password },
  })
export const renameNoteRead = () => request<undefined>({ method: 'DELETE', path: '/me/note' })
