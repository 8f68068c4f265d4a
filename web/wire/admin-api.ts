// The HTTP calls of administrators. Each returns its answer or a Refusal, and never throws.
import type { AdminPeopleAnswer } from '../../server/protocol/admin-people.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { ErasingAnswer, ErasingsAnswer } from '../../server/protocol/erasing.ts'
import type { BanAnswer, BanBody, BansAnswer } from '../../server/protocol/moderation.ts'
import type { PipelineAnswer } from '../../server/protocol/pipeline.ts'
import type { DeletedRoomsAnswer } from '../../server/protocol/room-deletion.ts'
import type { RenameAnswer } from '../../server/protocol/naming.ts'
import type { ResetLinkAnswer } from '../../server/protocol/security.ts'
import type { WordRule, WordRuleBody, WordRulesAnswer } from '../../server/protocol/word-rules.ts'
import { request } from './http.ts'

/** `after`: the `next` of the page before. */
export const listPeople = (query: string, after?: string) =>
  request<AdminPeopleAnswer>({
    method: 'GET',
    path: '/admin/people',
    query: { query: query === '' ? undefined : query, after },
  })
export const endSessionsOf = (user: string) =>
  request<undefined>({ method: 'DELETE', path: `/admin/people/${user}/sessions` })
/** `note`: what they are told; '' for nothing. */
export const renamePerson = (user: string, name: string, note: string) =>
  request<RenameAnswer>({
    method: 'PATCH',
    path: `/admin/people/${user}`,
    body: note.trim() === '' ? { name } : { name, note },
  })
/** `before`: the `next` of the page before. */
export const listBans = (before?: string) =>
  request<BansAnswer>({ method: 'GET', path: '/admin/bans', query: { before } })
export const makeBan = (body: BanBody) => request<BanAnswer>({ method: 'POST', path: '/admin/bans', body })
export const liftBan = (id: string) => request<undefined>({ method: 'DELETE', path: `/admin/bans/${id}` })

/** Everything that somebody has said since a time; 0: ever. */
export const makeErasing = (user: string, sinceMs: number) =>
  request<ErasingAnswer>({ method: 'POST', path: '/admin/erasings', body: { user, sinceMs } })
export const listErasings = () => request<ErasingsAnswer>({ method: 'GET', path: '/admin/erasings' })
export const undoErasing = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/admin/erasings/${id}` })

export const listDeletedRooms = () => request<DeletedRoomsAnswer>({ method: 'GET', path: '/admin/rooms' })
/** `name`: another one, if its own is taken. */
export const restoreRoom = (room: string, name?: string) =>
  request<undefined>({
    method: 'POST',
    path: `/admin/rooms/${room}/restore`,
    body: name === undefined ? {} : { name },
  })

export interface AuditFilter {
  kind?: string | undefined
  /** An id. */
  person?: string | undefined
}
/** The newest entries below number `before`, the lowest first. */
export const readAudit = (filter: AuditFilter, before: number | undefined, limit: number) =>
  request<AuditAnswer>({ method: 'GET', path: '/admin/audit', query: { ...filter, before, limit } })
/** The address from which the browser downloads all of it. */
/** `secondFactor`: theirs is taken away too. */
export const makeResetLink = (id: string, secondFactor: boolean) =>
  request<ResetLinkAnswer>({ method: 'POST', path: `/admin/people/${id}/reset`, body: { secondFactor } })
export const auditFile = '/api/admin/audit/export'

export const readPipeline = () => request<PipelineAnswer>({ method: 'GET', path: '/admin/pipeline' })

export const listWordRules = () => request<WordRulesAnswer>({ method: 'GET', path: '/admin/rules' })
export const addWordRule = (body: WordRuleBody) =>
  request<{ rule: WordRule }>({ method: 'POST', path: '/admin/rules', body })
export const removeWordRule = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/admin/rules/${id}` })
/** 0: links of nobody. */
export const holdLinks = (holdLinksMs: number) =>
  request<WordRulesAnswer>({ method: 'PATCH', path: '/admin/rules', body: { holdLinksMs } })
