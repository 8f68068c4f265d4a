// The HTTP calls about one's own list of rooms. Each returns its answer or a Refusal, and never throws.
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { MemberSettingsBody } from '../../server/protocol/member-setting-fields.ts'
import type { SectionAnswer, SectionBody, SectionsAnswer } from '../../server/protocol/sections.ts'
import { request } from './http.ts'

export const listSections = () => request<SectionsAnswer>({ method: 'GET', path: '/me/sections' })
export const makeSection = (name: string) =>
  request<SectionAnswer>({ method: 'POST', path: '/me/sections', body: { name } })
export const changeSection = (id: string, change: SectionBody) =>
  request<SectionAnswer>({ method: 'PATCH', path: `/me/sections/${id}`, body: change })
export const deleteSection = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/me/sections/${id}` })
export const tuneRoom = (room: string, settings: MemberSettingsBody) =>
  request<RoomAnswer>({ method: 'PATCH', path: `/rooms/${room}/members/me`, body: settings })
