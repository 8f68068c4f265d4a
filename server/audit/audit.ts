// The audit log. What changes something is noted in the transaction that changes it, so that neither is there without the other.
import type { Db, Queryable } from '../db.ts'
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

  async read({ after, before, limit = limits.audit.page.default }: AuditQuery): Promise<AuditAnswer> {
    const columns = 'SELECT seq, at, kind, by_id, by_name, address, about FROM audit'
    const rows = await (after === undefined
      ? this.#db.rows<Row>(`${columns} WHERE seq < ? ORDER BY seq DESC LIMIT ?`, [
          before ?? Number.MAX_SAFE_INTEGER,
          limit,
        ])
      : this.#db.rows<Row>(`${columns} WHERE seq > ? ORDER BY seq LIMIT ?`, [after, limit]))
    const [head] = await this.#db.rows<{ seq: number }>('SELECT seq FROM audit_head')
    return { entries: rows.map(entryOf).sort((a, b) => a.seq - b.seq), head: Number(head?.seq ?? 0) }
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
