// The public rooms, page by page, for somebody who looks for one: what each is about, how many are in it, and when
// something was last written there.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../account/identify.ts'
import type { Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import { DirectoryAnswer, DirectoryQuery } from '../protocol/directory.ts'
import { ErrorAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey, spokenKey } from '../protocol/names.ts'
import type { Roster, SeenRoom } from './roster.ts'

export interface DirectoryDeps {
  db: Db
  log: Pick<Log, 'heads'>
  roster: Pick<Roster, 'publicRooms' | 'roomsOf'>
}

export interface Asked {
  query?: string | undefined
  /** The id of the last room of the page before. */
  after?: string | undefined
  limit: number
}

export async function directoryFor(
  userId: string,
  { query = '', after, limit }: Asked,
  { db, log, roster }: DirectoryDeps,
): Promise<DirectoryAnswer> {
  const [open, mine] = await Promise.all([roster.publicRooms(), roster.roomsOf(userId)])
  const joined = new Set(mine.map(({ id }) => id))
  const wanted = spokenKey(query.trim().replace(/^#/, ''))
  const sorted = open.toSorted(byName)
  const last = sorted.findIndex(({ id }) => id === after)
  // A page that begins after a room which is gone begins at the top.
  const found = sorted.slice(last + 1).filter((room) => isFound(room, wanted))
  const page = found.slice(0, limit)
  const heads = log.heads(page.map(({ id }) => id))
  const people = await countPeople(db, page)
  return {
    rooms: page.map(({ id, name, topic }) => ({
      id,
      name,
      topic,
      joined: joined.has(id),
      people: people.get(id) ?? 0,
      lastAt: heads.get(id)?.at ?? null,
    })),
    next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}

const isFound = ({ name, topic }: SeenRoom, wanted: string): boolean =>
  spokenKey(name).includes(wanted) || spokenKey(topic).includes(wanted)

function byName(a: SeenRoom, b: SeenRoom): number {
  if (a.isDefault !== b.isDefault) return a.isDefault ? -1 : 1
  const [left, right] = [nameKey(a.name), nameKey(b.name)]
  return left < right ? -1 : left > right ? 1 : Number(a.id) - Number(b.id)
}

async function countPeople(db: Db, rooms: readonly SeenRoom[]): Promise<Map<string, number>> {
  if (rooms.length === 0) return new Map()
  const rows = await db.rows<{ room_id: number; people: number }>(
    'SELECT room_id, COUNT(*) people FROM memberships WHERE room_id IN (?) GROUP BY room_id',
    [rooms.map(({ id }) => BigInt(id))],
  )
  return new Map(rows.map(({ room_id, people }) => [String(room_id), Number(people)]))
}

interface DirectoryRoutes {
  directory: (userId: string, asked: Asked) => Promise<DirectoryAnswer>
}

/** For a scope of signed-in people. */
export const directoryRoute: FastifyPluginAsyncTypebox<DirectoryRoutes> = async (app, { directory }) => {
  app.get(
    '/api/directory',
    {
      schema: {
        tags: ['rooms'],
        summary: 'The public rooms, page by page',
        querystring: DirectoryQuery,
        response: { 200: DirectoryAnswer, '4xx': ErrorAnswer, '5xx': ErrorAnswer },
      },
    },
    (request) =>
      directory(requireSession(request).user.id, {
        ...request.query,
        limit: request.query.limit ?? limits.page.default,
      }),
  )
}
