// The HTTP calls of the inbox. Each returns its answer or a Refusal, and never throws.
import type {
  InboxAnswer,
  InboxDoneAnswer,
  InboxDoneBody,
  InboxFilter,
  InboxMarksAnswer,
} from '../../server/protocol/inbox.ts'
import { request } from './http.ts'

export const inboxPage = (filter: InboxFilter, after?: string) =>
  request<InboxAnswer>({
    method: 'GET',
    path: '/inbox',
    query: after === undefined ? { filter } : { filter, after },
  })
export const inboxMarks = () => request<InboxMarksAnswer>({ method: 'GET', path: '/inbox/marks' })
export const putAway = (body: InboxDoneBody) =>
  request<InboxDoneAnswer>({ method: 'POST', path: '/inbox/done', body })
export const takeBack = (undo: number) =>
  request<undefined>({ method: 'POST', path: '/inbox/undo', body: { undo } })
