// The HTTP calls about how somebody wants to be told, and on which devices. Each returns its answer or a Refusal.
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import type { PeopleAnswer, ProfileAnswer } from '../../server/protocol/profiles.ts'
import type { PushAnswer, PushSubscribeAnswer, PushSubscribeBody } from '../../server/protocol/push.ts'
import { request } from './http.ts'

export const readNotifySettings = () => request<NotifySettings>({ method: 'GET', path: '/me/notifications' })
export const writeNotifySettings = (body: NotifySettings) =>
  request<NotifySettings>({ method: 'PUT', path: '/me/notifications', body })

export const readPush = () => request<PushAnswer>({ method: 'GET', path: '/push' })
export const subscribePush = (body: PushSubscribeBody) =>
  request<PushSubscribeAnswer>({ method: 'POST', path: '/push/subscriptions', body })
/** Undefined: this device. */
export const removePushDevice = (id?: string) =>
  request<undefined>({ method: 'DELETE', path: '/push/subscriptions', query: { id } })
export const testPush = () => request<undefined>({ method: 'POST', path: '/push/test' })

/** Everybody here by name, the first page. */
export const findPeople = () =>
  request<PeopleAnswer>({ method: 'GET', path: '/people', query: { limit: 100 } })
export const personById = (id: string) => request<ProfileAnswer>({ method: 'GET', path: `/people/${id}` })
