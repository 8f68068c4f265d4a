// Rooms that people who are connected here are in and do not have in their list: each comes back with the next entry above its
// number.
import type { Person } from '../protocol/people.ts'

export class HiddenRooms {
  readonly #byRoom = new Map<string, Map<string, number>>()
  readonly #byPerson = new Map<string, Set<string>>()

  hide(user: string, room: string, seq: number): void {
    const people = this.#byRoom.get(room) ?? new Map<string, number>()
    this.#byRoom.set(room, people.set(user, seq))
    this.#byPerson.set(user, (this.#byPerson.get(user) ?? new Set()).add(room))
  }

  /** A direct room begins: for those of its people who are connected. */
  begun(room: string, seq: number, people: readonly Person[] = [], here: ReadonlyMap<string, unknown>): void {
    for (const { id } of people) if (here.has(id)) this.hide(id, room, seq)
  }

  has(user: string, room: string): boolean {
    return this.#byRoom.get(room)?.has(user) === true
  }

  /** False: it was not hidden. */
  show(user: string, room: string): boolean {
    const people = this.#byRoom.get(room)
    if (people?.delete(user) !== true) return false
    if (people.size === 0) this.#byRoom.delete(room)
    this.#byPerson.get(user)?.delete(room)
    return true
  }

  /** For whom an entry brings its room back; it is hidden from them no more. */
  woken(room: string, seq: number): string[] {
    const people = this.#byRoom.get(room)
    if (people === undefined) return []
    const woken = [...people].filter(([, upto]) => seq > upto).map(([user]) => user)
    for (const user of woken) this.show(user, room)
    return woken
  }

  /** They are not connected here any more. */
  forget(user: string): void {
    for (const room of this.#byPerson.get(user) ?? []) this.show(user, room)
    this.#byPerson.delete(user)
  }
}
