// The HTTP calls about reports, of those who make them and of those who handle them. Each returns its answer or a Refusal, and
// never throws.
import type {
  CaseAnswer,
  CasesAnswer,
  HandleBody,
  OpenCasesAnswer,
  OwnAnswersAnswer,
  ReportBody,
  WithdrawnAnswer,
} from '../../server/protocol/reports.ts'
import { request } from './http.ts'

export const reportMessage = (room: string, seq: number, body: ReportBody) =>
  request<undefined>({ method: 'POST', path: `/rooms/${room}/messages/${seq}/reports`, body })

export interface CaseFilter {
  /** Only of this room; otherwise of all, for administrators. */
  room?: string | undefined
  state: 'open' | 'handled'
}
/** `before`: the `next` of the page before. */
export const listCases = ({ room, state }: CaseFilter, before?: string) =>
  request<CasesAnswer>({
    method: 'GET',
    path: room === undefined ? '/admin/reports' : `/rooms/${room}/reports`,
    query: { state, before },
  })
export const handleCase = (id: string, body: HandleBody) =>
  request<CaseAnswer>({ method: 'POST', path: `/cases/${id}/handle`, body })
export const openCases = () => request<OpenCasesAnswer>({ method: 'GET', path: '/reports/open' })

export const ownAnswers = () => request<OwnAnswersAnswer>({ method: 'GET', path: '/reports/answers' })
export const putAnswerAway = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/reports/answers/${id}` })
/** Takes back a message of one's own that waits for review. */
export const withdrawHeld = (id: string) =>
  request<WithdrawnAnswer>({ method: 'POST', path: `/cases/${id}/withdraw` })
