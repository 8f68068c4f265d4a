// The HTTP calls about who has seen a message. Each returns its answer or a Refusal, and never throws.
import type { SeenAnswer, SeenSetting } from '../../server/protocol/seen.ts'
import { request } from './http.ts'

export const seenBy = (room: string, seq: number) =>
  request<SeenAnswer>({ method: 'GET', path: `/rooms/${room}/messages/${seq}/seen` })
export const readSeenSetting = () => request<SeenSetting>({ method: 'GET', path: '/me/seen' })
export const setSeenSetting = (shows: boolean) =>
  request<SeenSetting>({ method: 'PUT', path: '/me/seen', body: { shows } })
