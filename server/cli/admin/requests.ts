// Requests to join on the command line: `brook admin requests`. They are answered under Administration, where people can be let
// into rooms.
import { JoinRequests } from '../../join-requests/requests.ts'
import type { JoinRequest } from '../../protocol/join-requests.ts'
import { withDb } from '../open-stores.ts'
import { utc, type AdminAction } from './action.ts'

export const requests: AdminAction = {
  about: 'list those who ask to join, the oldest first',
  reads: true,
  run: () => (config) =>
    withDb(config, async (db) => {
      const all = await new JoinRequests(db).list()
      return all.length > 0 ? all.map(lineOf) : ['Nobody asks to join.']
    }),
}

/** Ann, 2026-12-07 17:06 UTC, from 203.0.113.7, until 2026-12-21 17:06 UTC: We met on Monday */
const lineOf = ({ name, at, address, expiresAt, words }: JoinRequest): string =>
  `${name}, ${utc(at)}, from ${address}, until ${utc(expiresAt)}${words === '' ? '' : `: ${words}`}`
