// The audit log. What changes something is noted in the transaction that changes it, so that neither is there without the other.
import type { Db, Param, Queryable } from '../db.ts'
import type { AuditAbout, AuditAnswer, AuditEntry, AuditKind, AuditQuery } from '../protocol/audit.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'

export interface AuditEvent {
  kind: AuditKind
  /** Undefined: nobody who is signed in, or the command line. */
  by?: Person | undefined
  address?: string | undefined
  about?: AuditAbout
}

interface Row {
  seq: number
  at: Date
  kind: AuditKind
  by_id: number | null
  by_name: string | null
  address: string | null
  about: string
}

export class Audit {
  readonly #db: Db
  readonly #onError: (error: unknown, where: string) => void

  constructor(db: Db, onError: (error: unknown, where: string) => void) {
    this.#db = db
    this.#onError = onError
  }

  /** As the last statement of a transaction: whoever writes the next one waits until it ends. */
  note(tx: Queryable, event: AuditEvent): Promise<void> {
    return noteAudit(tx, event)
  }

  /** What has happened already and is not undone when it cannot be noted. Never rejects. */
  async add(event: AuditEvent): Promise<void> {
    await this.#db
      .transaction((tx) => noteAudit(tx, event))
      .catch((error: unknown) => this.#onError(error, 'writing the audit log'))
  }

  async read(query: AuditQuery): Promise<AuditAnswer> {
    const rows = await this.#rows(query)
    const [head] = await this.#db.rows<{ seq: number }>('SELECT seq FROM audit_head')
    const entries = await named(
      this.#db,
      rows.map(entryOf).sort((a, b) => a.seq - b.seq),
    )
    return { entries, head: Number(head?.seq ?? 0) }
  }

  /** What a person did and what was done to them are each read by an index of their own, and then put together. */
  #rows({ after, before, kind, person, limit = limits.audit.page.default }: AuditQuery): Promise<Row[]> {
    const from = after === undefined ? 'seq < ?' : 'seq > ?'
    const order = `ORDER BY seq ${after === undefined ? 'DESC' : 'ASC'} LIMIT ?`
    const of = person === undefined ? ['TRUE'] : ['by_id = ?', 'person_id = ?']
    const part = `SELECT seq, at, kind, by_id, by_name, address, about FROM audit
      WHERE ${from} AND ${kind === undefined ? 'TRUE' : 'kind = ?'}`
    const params: Param[] = [
      after ?? before ?? Number.MAX_SAFE_INTEGER,
      ...(kind === undefined ? [] : [kind]),
      ...(person === undefined ? [] : [BigInt(person)]),
      limit,
    ]
    return this.#db.rows<Row>(
      `${of.map((which) => `(${part} AND ${which} ${order})`).join(' UNION ')} ${order}`,
      [...of.flatMap(() => params), limit],
    )
  }
}

export async function noteAudit(tx: Queryable, { kind, by, address, about = {} }: AuditEvent): Promise<void> {
  await tx.run('UPDATE audit_head SET seq = seq + 1')
  await tx.run(
    'INSERT INTO audit (seq, at, kind, by_id, by_name, address, about) SELECT seq, ?, ?, ?, ?, ?, ? FROM audit_head',
    [
      new Date(),
      kind,
      by === undefined ? null : BigInt(by.id),
      by?.name ?? null,
      address ?? null,
      JSON.stringify(about),
    ],
  )
}

const entryOf = ({ seq, at, kind, by_id, by_name, address, about }: Row): AuditEntry => ({
  seq: Number(seq),
  at: at.getTime(),
  kind,
  by: by_id === null ? null : { id: String(by_id), name: by_name ?? '' },
  address,
  about: JSON.parse(about) as AuditAbout,
})

/** Names the people and rooms that were noted with their ids alone, if they are still there. */
async function named(db: Queryable, entries: readonly AuditEntry[]): Promise<AuditEntry[]> {
  const rooms = await namesIn(
    db,
    'rooms',
    entries.flatMap(({ about: { room } }) => (room !== undefined && room.name === undefined ? room.id : [])),
  )
  const people = await namesIn(
    db,
    'users',
    entries.flatMap(({ about: { person } }) => (person?.name === '' ? person.id : [])),
  )
  return entries.map((entry) => {
    const { room, person } = entry.about
    const roomName = room === undefined ? undefined : (room.name ?? rooms.get(room.id))
    return {
      ...entry,
      about: {
        ...entry.about,
        ...(room === undefined || roomName === undefined ? {} : { room: { ...room, name: roomName } }),
        ...(person === undefined
          ? {}
          : { person: { ...person, name: person.name || (people.get(person.id) ?? '') } }),
      },
    }
  })
}

async function namesIn(
  db: Queryable,
  table: 'rooms' | 'users',
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db.rows<{ id: number; name: string }>(`SELECT id, name FROM ${table} WHERE id IN (?)`, [
    [...new Set(ids)].map(BigInt),
  ])
  return new Map(rows.map(({ id, name }) => [String(id), name]))
}
