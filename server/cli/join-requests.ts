// Requests to join on the command line: `brook admin requests`. They are answered under Administration, where people can be let
// into rooms.
import { Db } from '../db.ts'
import { JoinRequests } from '../join-requests/requests.ts'
import type { JoinRequest } from '../protocol/join-requests.ts'
import type { ReadyConfig } from './ready.ts'

/** Those that wait, a line each, the oldest first. */
export async function listRequests(config: ReadyConfig): Promise<string[]> {
  const db = new Db(config.mysql, 1)
  try {
    const requests = await new JoinRequests(db).list()
    return requests.length > 0 ? requests.map(lineOf) : ['Nobody asks to join.']
  } finally {
    await db.close()
  }
}

const written = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Ann, 2026-12-07 17:06 UTC, from 203.0.113.7, until 2026-12-21 17:06 UTC: We met on Monday */
const lineOf = ({ name, at, address, expiresAt, words }: JoinRequest): string =>
  `${name}, ${written(at)}, from ${address}, until ${written(expiresAt)}${words === '' ? '' : `: ${words}`}`
