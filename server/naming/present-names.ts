// Who is called otherwise than before, in this process's memory: whatever is shown of a person has their present name.
import type { Db, Queryable } from '../db.ts'
import { countChange } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import { limits } from '../protocol/limits.ts'
import type { RenameNote } from '../protocol/naming.ts'
import type { Person } from '../protocol/people.ts'
import type { NameOf } from '../protocol/present-names.ts'

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

export class PresentNames extends MemoryCopy {
  readonly #listeners = new Set<(renamed: readonly Person[]) => void>()
  /** By id, the one who got their name last is last. */
  #names: ReadonlyMap<string, string> = new Map()
  #recent: readonly Person[] = []
  #notes: ReadonlyMap<string, RenameNote> = new Map()

  constructor(deps: MemoryCopyDeps) {
    const where = 'reading who is called what'
    super(deps, { signal: 'names', fact, everyMs: limits.names.lookEveryMs, where })
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

  protected async take(db: Db): Promise<void> {
    const [rows, notes] = await Promise.all([
      db.rows<Row>('SELECT id, name, renamed_at FROM users WHERE renamed_at IS NOT NULL ORDER BY renamed_at'),
      db.rows<NoteRow>('SELECT user_id, was, by_name, note FROM rename_notes'),
    ])
    const before = this.#names
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
