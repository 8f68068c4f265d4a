// The HTTP calls about people and their profiles. Each returns its answer or a Refusal, and never throws.
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { MeChanged } from '../../server/protocol/naming.ts'
import type { PeopleAnswer, ProfileAnswer, ProfileChanges } from '../../server/protocol/profiles.ts'
import { request } from './http.ts'

export const listPeople = (query: string, after?: string) =>
  request<PeopleAnswer>({ method: 'GET', path: '/people', query: { query: query || undefined, after } })
export const readPerson = (id: string) =>
  request<ProfileAnswer>({ method: 'GET', path: `/people/${encodeURIComponent(id)}` })
export const changeProfile = (changes: ProfileChanges) =>
  request<MeChanged>({ method: 'PATCH', path: '/me', body: changes })
/** The room in which two people talk, made if there is none yet. */
export const openDirect = (person: string) =>
  request<RoomAnswer>({ method: 'POST', path: '/directs', body: { people: [person] } })
