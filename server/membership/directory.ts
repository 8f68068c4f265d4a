// The public rooms, page by page, for somebody who looks for one: what each is about, how many are in it, and when
// something was last written there.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../account/identify.ts'
import type { Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import { DirectoryAnswer, DirectoryQuery } from '../protocol/directory.ts'
import { refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey, spokenKey } from '../protocol/names.ts'
import type { Roster, SeenRoom } from './roster.ts'

export interface DirectoryDeps {
  db: Db
  log: Pick<Log, 'heads'>
  roster: Pick<Roster, 'roomsOf' | 'publicAfter' | 'publicKeyOf' | 'defaultRoom'>
  /** Whether somebody may see a room and could join it. */
  isShown: (userId: string, room: SeenRoom) => boolean
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
  { db, log, roster, isShown }: DirectoryDeps,
): Promise<DirectoryAnswer> {
  const joined = new Set((await roster.roomsOf(userId)).map(({ id }) => id))
  const wanted = spokenKey(query.trim().replace(/^#/, ''))
  const isWanted = (room: SeenRoom): boolean => isFound(room, wanted) && isShown(userId, room)
  const { page, next } = await pageOf(roster, {
    isWanted,
    after,
    limit,
    atOnce: wanted === '' ? limit + 1 : limits.directory.rooms,
  })
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
    next,
  }
}

const isFound = ({ name, topic, formerly = [] }: SeenRoom, wanted: string): boolean =>
  [name, topic, ...formerly].some((text) => spokenKey(text).includes(wanted))

/**
 * The rooms that match, the default room first and then by name. MySQL cannot compare as people do, so rooms are read until
 * the page is full; a page that is not, after limits.directory.reads, says where the next one goes on.
 */
async function pageOf(
  roster: DirectoryDeps['roster'],
  {
    isWanted,
    after,
    limit,
    atOnce,
  }: {
    isWanted: (room: SeenRoom) => boolean
    after: string | undefined
    limit: number
    /** Rooms of one read. */
    atOnce: number
  },
): Promise<{ page: SeenRoom[]; next: string | null }> {
  const { reads } = limits.directory
  // A page that begins after a room which is gone begins at the top.
  const place = after === undefined ? undefined : await roster.publicKeyOf(after)
  const first = place === undefined ? await roster.defaultRoom() : undefined
  const found = first !== undefined && isWanted(first) ? [first] : []
  let last = place ?? ''
  let reached: string | null = null
  for (let read = 0; read < reads; read += 1) {
    const some = await roster.publicAfter(last, atOnce)
    found.push(...some.filter(isWanted))
    if (found.length > limit) return { page: found.slice(0, limit), next: found[limit - 1]?.id ?? null }
    const end = some.at(-1)
    if (end === undefined || some.length < atOnce) return { page: found, next: null }
    last = nameKey(end.name)
    reached = end.id
  }
  return { page: found, next: reached }
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
      config: { heavy: 'made' },
      schema: {
        tags: ['rooms'],
        summary: 'The public rooms, page by page',
        querystring: DirectoryQuery,
        response: { 200: DirectoryAnswer, ...refusals },
      },
    },
    (request) =>
      directory(requireSession(request).user.id, {
        ...request.query,
        limit: request.query.limit ?? limits.page.default,
      }),
  )
}
