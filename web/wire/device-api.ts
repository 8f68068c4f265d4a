// The HTTP calls by which a phone signs in from another screen, and of the names of devices. Each returns its answer or a Refusal.
import type {
  DeviceEnterAnswer,
  DeviceLinkAnswer,
  DeviceLinkState,
  DeviceOpenAnswer,
} from '../../server/protocol/devices.ts'
import { request } from './http.ts'

export const makeDeviceLink = () => request<DeviceLinkAnswer>({ method: 'POST', path: '/device-links' })
export const stateOfDeviceLink = (id: string) =>
  request<DeviceLinkState>({ method: 'GET', path: `/device-links/${id}` })
export const confirmDevice = (id: string) =>
  request<undefined>({ method: 'POST', path: `/device-links/${id}/confirm` })
export const endDeviceLink = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/device-links/${id}` })

/** `code`: behind the # of the address. */
export const openDeviceLink = (code: string) =>
  request<DeviceOpenAnswer>({ method: 'POST', path: '/device-links/open', body: { code } })
/** Whether it is still good. */
export const lookAtDeviceLink = (code: string) =>
  request<DeviceOpenAnswer>({ method: 'POST', path: '/device-links/open', body: { code, look: true } })
export const enterByDeviceLink = (claim: string) =>
  request<DeviceEnterAnswer>({ method: 'POST', path: '/device-links/enter', body: { claim } })

/** Null: by its browser again. */
export const nameDevice = (session: string, name: string | null) =>
  request<undefined>({ method: 'PATCH', path: `/sessions/${session}`, body: { name } })
