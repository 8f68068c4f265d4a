// All groups and who is in them, in this process's memory: a message that names one asks no store. MySQL is asked now and then,
// and at once when the bus says that they have changed. Limit: some 100,000 ids at most.
import type { Db } from '../db.ts'
import { NameIndex } from '../membership/name-index.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'

export interface KnownGroupsDeps {
  db: Db
  onError: (error: unknown, where: string) => void
}

export class KnownGroups {
  readonly #deps: KnownGroupsDeps
  #names = new NameIndex()
  #members = new Map<string, readonly string[]>()
  #asking: Repeated | undefined

  constructor(deps: KnownGroupsDeps) {
    this.#deps = deps
  }

  /** Undefined: nobody needs to look for one. */
  get names(): NameIndex | undefined {
    return this.#members.size === 0 ? undefined : this.#names
  }

  membersOf(group: string): readonly string[] {
    return this.#members.get(group) ?? []
  }

  /** @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    this.#asking ??= new Repeated({
      everyMs: limits.groups.lookEveryMs,
      run: () => this.read(),
      onError: (error) => this.#deps.onError(error, 'reading the groups'),
    })
  }

  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  async read(): Promise<void> {
    const [groups, members] = await Promise.all([
      this.#deps.db.rows<{ id: number; name: string }>('SELECT id, name FROM user_groups'),
      this.#deps.db.rows<{ group_id: number; user_id: number }>(
        'SELECT group_id, user_id FROM group_members ORDER BY group_id, user_id',
      ),
    ])
    const names = new NameIndex()
    const inside = new Map<string, string[]>()
    for (const { id, name } of groups) {
      names.add(name, String(id))
      inside.set(String(id), [])
    }
    for (const { group_id, user_id } of members) inside.get(String(group_id))?.push(String(user_id))
    this.#names = names
    this.#members = inside
  }
}
