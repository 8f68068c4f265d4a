// The people of one room, as read and as notices have changed them since. Pure.
import type { Notice } from '../protocol/events.ts'
import type { Member, Person, Role, RoomKind } from '../protocol/people.ts'
import { NameIndex } from './name-index.ts'

/** The people of a room as MySQL has them: all of them, or the first by name and the total. */
export interface RoomRoll {
  kind: RoomKind
  members: readonly Omit<Member, 'here'>[]
  total: number
  /** Names that some of them had of late. */
  formerly?: readonly { id: string; name: string }[]
}

export class PeopleInRoom {
  #kind: RoomKind
  readonly names = new NameIndex()
  readonly #members = new Map<string, Omit<Member, 'here'>>()
  readonly #formerly = new Map<string, string[]>()
  /** How many there are beyond those that were read. */
  readonly #others: number

  constructor({ kind, members, total, formerly = [] }: RoomRoll) {
    this.#kind = kind
    for (const { id, name } of formerly) this.#formerly.set(id, [...(this.#formerly.get(id) ?? []), name])
    for (const member of members) this.#put(member)
    this.#others = total - this.#members.size
  }

  get kind(): RoomKind {
    return this.#kind
  }

  /** How many people are in the room. */
  get total(): number {
    return this.#members.size + this.#others
  }

  /** How many of them are known here. */
  get size(): number {
    return this.#members.size
  }

  ids(): string[] {
    return [...this.#members.keys()]
  }

  roleOf(userId: string): Role | undefined {
    return this.#members.get(userId)?.role
  }

  /** A notice says what happened in the room, by `user`. The same notice twice changes nothing. */
  move(user: Person, notice: Notice): void {
    switch (notice.kind) {
      case 'created':
        this.#come(user, notice.people === undefined ? 'owner' : 'member')
        for (const one of notice.people ?? []) this.#come(one, 'member')
        return
      case 'joined':
        return this.#come(user, 'member')
      case 'added':
        return this.#come(notice.person, 'member')
      case 'left':
        return this.#go(user)
      case 'removed':
        return this.#go(notice.person)
      case 'role':
        if (notice.own !== undefined) this.#become(user, notice.own)
        return this.#become(notice.person, notice.role)
      case 'visibility':
        this.#kind = notice.visibility
        return
      case 'made_private':
        this.#kind = 'private'
        for (const { id, name } of this.#members.values()) this.#become({ id, name }, 'owner')
        return
      case 'deleted':
        for (const id of this.ids()) this.#go({ id })
        return
      case 'undeleted':
      case 'asked_private':
      case 'kept_direct':
      case 'lost':
      case 'topic':
      case 'revisions':
      case 'name':
      case 'speak':
      case 'slowMs':
      case 'retentionDays':
      case 'linkCards':
      case 'archived':
      case 'picture':
        return
    }
  }

  #come(person: Person, role: Role): void {
    if (!this.#members.has(person.id)) this.#put({ ...person, role })
  }

  /**
   * A person who is not known here may have left before: the number of the others stays until the room is read again.
   */
  #go({ id }: Pick<Person, 'id'>): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    for (const name of this.#namesOf(member)) this.names.remove(name, id)
    this.#members.delete(id)
  }

  #become(person: Person, role: Role): void {
    if (this.#members.has(person.id)) this.#put({ ...person, role })
  }

  #put(member: Omit<Member, 'here'>): void {
    const before = this.#members.get(member.id)
    if (before !== undefined) for (const name of this.#namesOf(before)) this.names.remove(name, member.id)
    this.#members.set(member.id, member)
    for (const name of this.#namesOf(member)) this.names.add(name, member.id)
  }

  #namesOf({ id, name }: Pick<Member, 'id' | 'name'>): string[] {
    return [...(this.#formerly.get(id) ?? []), name]
  }
}
