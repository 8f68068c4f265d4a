// The HTTP calls of direct rooms and of blocking. Each returns its answer or a Refusal, and never throws.
import type { BlocksAnswer, ConversionAnswer, Writers } from '../../server/protocol/directs.ts'
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { MeChanged } from '../../server/protocol/naming.ts'
import { request } from './http.ts'

export const openDirect = (people: readonly string[]) =>
  request<RoomAnswer>({ method: 'POST', path: '/directs', body: { people } })
export const closeDirect = (room: string) =>
  request<undefined>({ method: 'PUT', path: `/directs/${room}/closed` })
export const reopenDirect = (room: string) =>
  request<undefined>({ method: 'DELETE', path: `/directs/${room}/closed` })
export const readConversion = (room: string) =>
  request<ConversionAnswer>({ method: 'GET', path: `/directs/${room}/conversion` })
/** Without a name: agrees to the one that was asked for. */
export const agreeToConversion = (room: string, name?: string) =>
  request<ConversionAnswer>({
    method: 'PUT',
    path: `/directs/${room}/conversion`,
    body: name === undefined ? {} : { name },
  })
export const declineConversion = (room: string) =>
  request<undefined>({ method: 'DELETE', path: `/directs/${room}/conversion` })
export const listBlocks = () => request<BlocksAnswer>({ method: 'GET', path: '/blocks' })
export const block = (user: string) => request<undefined>({ method: 'PUT', path: `/blocks/${user}` })
export const unblock = (user: string) => request<undefined>({ method: 'DELETE', path: `/blocks/${user}` })
export const setWriters = (writers: Writers) =>
  request<MeChanged>({ method: 'PATCH', path: '/me', body: { writers } })
