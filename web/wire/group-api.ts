// The HTTP calls about groups of people. Each returns its answer or a Refusal, and never throws.
import type { GroupAnswer, GroupsAnswer } from '../../server/protocol/groups.ts'
import { request } from './http.ts'

export const listGroups = () => request<GroupsAnswer>({ method: 'GET', path: '/groups' })
export const readGroup = (id: string) => request<GroupAnswer>({ method: 'GET', path: `/groups/${id}` })
export const makeGroup = (name: string) =>
  request<GroupAnswer>({ method: 'POST', path: '/groups', body: { name } })
export const renameGroup = (id: string, name: string) =>
  request<GroupAnswer>({ method: 'PATCH', path: `/groups/${id}`, body: { name } })
export const deleteGroup = (id: string) => request<undefined>({ method: 'DELETE', path: `/groups/${id}` })
export const addToGroup = (id: string, name: string) =>
  request<GroupAnswer>({ method: 'POST', path: `/groups/${id}/members`, body: { name } })
export const takeFromGroup = (id: string, user: string) =>
  request<GroupAnswer>({ method: 'DELETE', path: `/groups/${id}/members/${user}` })
