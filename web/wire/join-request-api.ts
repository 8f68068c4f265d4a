// The HTTP calls of asking to join, for whoever asks and for administrators. Each returns its answer or a Refusal; none throws.
import type {
  AcceptAnswer,
  AskAnswer,
  AskBody,
  AskedAnswer,
  DeclineBody,
  JoinRequestsAnswer,
} from '../../server/protocol/join-requests.ts'
import { request } from './http.ts'

export const askToJoin = (body: AskBody) => request<AskAnswer>({ method: 'POST', path: '/requests', body })
/** `code`: the `request` of the answer. */
export const lookAtRequest = (code: string) =>
  request<AskedAnswer>({ method: 'POST', path: '/requests/state', body: { request: code } })
export const withdrawRequest = (code: string) =>
  request<undefined>({ method: 'POST', path: '/requests/withdraw', body: { request: code } })

export const listJoinRequests = () => request<JoinRequestsAnswer>({ method: 'GET', path: '/admin/requests' })
export const acceptRequest = (id: string, rooms: string[]) =>
  request<AcceptAnswer>({ method: 'POST', path: `/admin/requests/${id}/accept`, body: { rooms } })
export const declineRequest = (id: string, body: DeclineBody) =>
  request<undefined>({ method: 'POST', path: `/admin/requests/${id}/decline`, body })
