// The requests that may wait for the server, as the rest of the web app makes them.
import type { NewPollBody } from '../../server/protocol/polls.ts'
import type { ProfileChanges } from '../../server/protocol/profiles.ts'
import type { Request } from './http.ts'

export { RequestQueue, type Queued } from './queued-requests.ts'

export const votes = (room: string, seq: number, body: { cid: string; choices: number[] }): Request => ({
  method: 'PUT',
  path: `/rooms/${room}/polls/${seq}/vote`,
  body,
})
export const makesPoll = (room: string, body: NewPollBody): Request => ({
  method: 'POST',
  path: `/rooms/${room}/polls`,
  body,
})
export const setsStatus = (status: ProfileChanges['status']): Request => ({
  method: 'PATCH',
  path: '/me',
  body: { status },
})
export const saves = (room: string, seq: number, on: boolean): Request => ({
  method: on ? 'PUT' : 'DELETE',
  path: `/saved/${room}/${seq}`,
})
