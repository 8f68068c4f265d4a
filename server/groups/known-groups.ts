// All groups and who is in them, in this process's memory: a message that names one asks no store. Limit: some 100,000 ids at most.
import type { Db } from '../db.ts'
import { NameIndex } from '../membership/name-index.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import { limits } from '../protocol/limits.ts'

export class KnownGroups extends MemoryCopy {
  #names = new NameIndex()
  #members = new Map<string, readonly string[]>()

  constructor(deps: MemoryCopyDeps) {
    super(deps, { signal: 'groups', everyMs: limits.groups.lookEveryMs, where: 'reading the groups' })
  }

  /** Undefined: nobody needs to look for one. */
  get names(): NameIndex | undefined {
    return this.#members.size === 0 ? undefined : this.#names
  }

  membersOf(group: string): readonly string[] {
    return this.#members.get(group) ?? []
  }

  protected async take(db: Db): Promise<void> {
    const [groups, members] = await Promise.all([
      db.rows<{ id: number; name: string }>('SELECT id, name FROM user_groups'),
      db.rows<{ group_id: number; user_id: number }>(
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
