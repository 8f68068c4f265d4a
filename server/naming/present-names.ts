// Who is called otherwise than before, in this process's memory: whatever is shown of a person has their present name, and it holds
// while the stores are away. MySQL is asked every few seconds whether there is news, and at once when the bus says so.
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import { countChange, factOf } from '../facts.ts'
import { limits } from '../protocol/limits.ts'
import type { RenameNote } from '../protocol/naming.ts'
import type { Person } from '../protocol/people.ts'
import type { NameOf } from '../protocol/present-names.ts'
import { Repeated } from '../repeated.ts'

/** Counts the changes, so that nothing is read where nothing has changed. */
const fact = 'names'

interface Row {
  id: number
  name: string
  renamed_at: Date
}

interface NoteRow {
  user_id: number
  was: string
  by_name: string | null
  note: string
}

export interface PresentNamesDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

/** First in the transaction that changes a name: other changes wait for its end. */
export const noteNames = (tx: Queryable): Promise<void> => countChange(tx, fact)

/** For a command, which is over before anybody is renamed. */
export async function readNames(db: Queryable): Promise<NameOf> {
  const rows = await db.rows<{ id: number; name: string }>(
    'SELECT id, name FROM users WHERE renamed_at IS NOT NULL',
  )
  const names = new Map(rows.map(({ id, name }) => [String(id), name]))
  return (id) => names.get(id)
}

export class PresentNames {
  readonly #deps: PresentNamesDeps
  readonly #listeners = new Set<(renamed: readonly Person[]) => void>()
  #asking: Repeated | undefined
  #version = ''
  /** By id, the one who got their name last is last. */
  #names: ReadonlyMap<string, string> = new Map()
  #recent: readonly Person[] = []
  #notes: ReadonlyMap<string, RenameNote> = new Map()

  constructor(deps: PresentNamesDeps) {
    this.#deps = deps
  }

  /** See protocol/present-names.ts. */
  readonly of: NameOf = (id) => this.#names.get(id)

  /** Those who got their names within limits.names.leadMs, at most limits.names.told, the last first: for whoever was away. */
  get recent(): readonly Person[] {
    return this.#recent
  }

  /** What an administrator who has renamed this person tells them; undefined: nothing, or they have read it. */
  noteFor(userId: string): RenameNote | undefined {
    return this.#notes.get(userId)
  }

  /** Called after each change, with those who are called otherwise now. */
  onChange(listener: (renamed: readonly Person[]) => void): void {
    this.#listeners.add(listener)
  }

  /** Once a change is committed: it holds here when this resolves, and on the other servers a moment later. */
  async changed(): Promise<void> {
    this.#deps.bus.publish({ kind: 'names' })
    await this.read()
  }

  /** Reads what there is, and from then on what changes. @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    this.#asking ??= new Repeated({
      everyMs: limits.names.lookEveryMs,
      run: () => this.read(),
      onError: (error) => this.#deps.onError(error, 'reading who is called what'),
    })
  }

  /** There is news, or there may be. */
  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  /** Reads what MySQL has, if it has changed. @throws a lost connection */
  async read(): Promise<void> {
    const { db } = this.#deps
    // Before the rows: a change that comes in between is read again.
    const version = (await factOf(db, fact)) ?? '0'
    if (version === this.#version) return
    const [rows, notes] = await Promise.all([
      db.rows<Row>('SELECT id, name, renamed_at FROM users WHERE renamed_at IS NOT NULL ORDER BY renamed_at'),
      db.rows<NoteRow>('SELECT user_id, was, by_name, note FROM rename_notes'),
    ])
    const before = this.#names
    this.#version = version
    this.#names = new Map(rows.map(({ id, name }) => [String(id), name]))
    this.#notes = new Map(
      notes.map(({ user_id, was, by_name, note }) => [String(user_id), { was, by: by_name, note }]),
    )
    const since = Date.now() - limits.names.leadMs
    this.#recent = rows
      .filter(({ renamed_at }) => renamed_at.getTime() > since)
      .slice(-limits.names.told)
      .reverse()
      .map(({ id, name }) => ({ id: String(id), name }))
    const renamed = [...this.#names]
      .filter(([id, name]) => before.get(id) !== name)
      .map(([id, name]) => ({ id, name }))
    if (renamed.length > 0) for (const listener of this.#listeners) listener(renamed)
  }
}
