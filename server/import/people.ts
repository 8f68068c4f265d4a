// The accounts of imported people: created when first met, and always identified by their id at the source. Nobody
// can sign in to one until it is claimed, and none is an existing account unless that is requested.
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { nameFields } from '../naming/names-taken.ts'
import { noteNames } from '../naming/present-names.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import { isNthName, nthName, tamePersonName } from './names.ts'
import { ImportError, type SourcePerson } from './source.ts'

export interface Account {
  id: string
  name: string
}

export interface PeopleDeps {
  db: Db
  source: string
  /** What the source knows about a person. */
  person: (ref: string) => SourcePerson
  /** An existing person with the same name is the same person. */
  matchUsers: boolean
  /** No account is created; people who are not here yet have the id 0. */
  dryRun: boolean
}

interface KnownRow {
  ref: string
  id: number | string
  name: string
  isClaimed: number
}

const maxSuffixes = 10_000

export class People {
  readonly counts = { made: 0, matched: 0, renamed: 0 }
  readonly #options: PeopleDeps
  readonly #known = new Map<string, Account>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: PeopleDeps) {
    this.#options = options
  }

  /** The accounts of these people, created if missing. One call at a time, so that nobody is created twice. */
  settle(refs: Iterable<string>): Promise<ReadonlyMap<string, Account>> {
    const settled = this.#turn.then(() => this.#settle([...new Set(refs)]))
    this.#turn = settled.catch(() => undefined)
    return settled
  }

  /** The name of an account here, for mentions; undefined before it is settled. */
  nameOf(ref: string): string | undefined {
    return this.#known.get(ref)?.name
  }

  async #settle(refs: string[]): Promise<ReadonlyMap<string, Account>> {
    const fresh = refs.filter((ref) => !this.#known.has(ref))
    if (fresh.length > 0) {
      const { db, source } = this.#options
      const rows = await db.rows<KnownRow>(
        `SELECT i.ref, u.id, u.name, u.password_hash IS NOT NULL AS isClaimed FROM imported i JOIN users u ON u.id = i.id
         WHERE i.source = ? AND i.kind = 'person' AND i.ref IN (?)`,
        [source, fresh],
      )
      for (const row of rows) this.#known.set(row.ref, await this.#refresh(row))
      for (const ref of fresh)
        if (!this.#known.has(ref)) this.#known.set(ref, await this.#make(this.#options.person(ref)))
    }
    return this.#known
  }

  /** People who have been renamed at the source are renamed here, until they claim the account. */
  async #refresh({ ref, id, name, isClaimed }: KnownRow): Promise<Account> {
    const wanted = tamePersonName(this.#options.person(ref).name, ref)
    const isSettled = isClaimed === 1 || isNthName(name, wanted, limits.nameChars)
    if (isSettled || this.#options.dryRun || this.#options.matchUsers) return { id: String(id), name }
    const renamed = await this.#underFreeName(wanted, async (tx, free) => {
      await noteNames(tx)
      const { key, skeleton } = nameFields(free)
      await tx.run('UPDATE users SET name = ?, name_key = ?, skeleton = ?, renamed_at = ? WHERE id = ?', [
        free,
        key,
        skeleton,
        new Date(),
        id,
      ])
      return { id: String(id), name: free }
    })
    this.counts.renamed += 1
    return renamed
  }

  async #make(person: SourcePerson): Promise<Account> {
    const { db, source, matchUsers, dryRun } = this.#options
    const wanted = tamePersonName(person.name, person.ref)
    if (matchUsers) {
      const [row] = await db.rows<{ id: number; name: string }>(
        'SELECT id, name FROM users WHERE name_key = ?',
        [nameKey(wanted)],
      )
      if (row !== undefined) {
        if (!dryRun) await note(db, source, person.ref, String(row.id))
        this.counts.matched += 1
        return { id: String(row.id), name: row.name }
      }
    }
    this.counts.made += 1
    if (dryRun) return { id: '0', name: wanted }
    return this.#underFreeName(wanted, async (tx, name) => {
      const { insertId } = await tx.run('INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)', [
        [name, nameKey(name), person.isBot === true ? 1 : 0, new Date()],
      ])
      await note(tx, source, person.ref, insertId)
      await tx.run(
        `INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at)
         SELECT ?, id, 'member', 0, NOW(3) FROM rooms WHERE is_default = 1`,
        [insertId],
      )
      return { id: insertId, name }
    })
  }

  /** One transaction: the account and its reference are created together or not at all. */
  async #underFreeName(
    wanted: string,
    take: (tx: Queryable, name: string) => Promise<Account>,
  ): Promise<Account> {
    for (let n = 1; n <= maxSuffixes; n += 1) {
      const name = nthName(wanted, n, limits.nameChars)
      try {
        return await this.#options.db.transaction((tx) => take(tx, name))
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    }
    throw new ImportError(`no free name for ${wanted}`)
  }
}

async function note(tx: Queryable, source: string, ref: string, id: string): Promise<void> {
  await tx.run("INSERT INTO imported (source, kind, ref, id) VALUES (?, 'person', ?, ?)", [source, ref, id])
}
