// The HTTP calls about people and their profiles. Each returns its answer or a Refusal, and never throws.
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { MeChanged } from '../../server/protocol/naming.ts'
import type {
  OwnProfile,
  PeopleAnswer,
  ProfileAnswer,
  ProfileChanges,
} from '../../server/protocol/profiles.ts'
import { answerOf, request } from './http.ts'

export const listPeople = (query: string, after?: string) =>
  request<PeopleAnswer>({ method: 'GET', path: '/people', query: { query: query || undefined, after } })
export const readPerson = (id: string) =>
  request<ProfileAnswer>({ method: 'GET', path: `/people/${encodeURIComponent(id)}` })
export const changeProfile = (changes: ProfileChanges) =>
  request<MeChanged>({ method: 'PATCH', path: '/me', body: changes })
/** A slow phone may take a while to send it. */
const imageMs = 60_000
export const setAvatar = (image: Blob) =>
  answerOf<{ profile: OwnProfile }>('/api/me/avatar', {
    method: 'PUT',
    body: image,
    signal: AbortSignal.timeout(imageMs),
  })
export const removeAvatar = () => request<undefined>({ method: 'DELETE', path: '/me/avatar' })
/** The room in which two people talk, made if there is none yet. */
export const openDirect = (person: string) =>
  request<RoomAnswer>({ method: 'POST', path: '/directs', body: { people: [person] } })
