// Direct rooms of imported history. Here as there they are found by who is in them, so one that these people have begun here takes
// what they said there; a new one is in nobody's list before its history is here.
import type { Db } from '../db.ts'
import { keyOf } from '../directs/people-key.ts'
import { limits } from '../protocol/limits.ts'
import type { People } from './people.ts'
import { enterRoom, findRoom, noteRoom, type Membership, type SettledRoom } from './rooms.ts'
import type { Refuse, SourcePerson, SourceRoom } from './source.ts'

export interface DirectsDeps {
  db: Db
  source: string
  people: Pick<People, 'settle'>
  person: (ref: string) => SourcePerson
  refuse: Refuse
}

export class ImportedDirects {
  readonly #deps: DirectsDeps
  /** By their people's key: a source may have two of the same people, also because two of them are one person here. */
  readonly #settled = new Map<string, Promise<SettledRoom>>()

  constructor(deps: DirectsDeps) {
    this.#deps = deps
  }

  /** Whether it can be a direct room here; otherwise it is reported. */
  takes({ name, members }: SourceRoom): boolean {
    const { person, refuse } = this.#deps
    const no = (why: string, expected: boolean): false => {
      refuse({ place: `direct room ${name}`, why, expected })
      return false
    }
    if (members.length === 0) return no('a direct room that does not say who is in it', false)
    if (new Set(members).size > limits.directs.people)
      return no(`a direct room of more than ${limits.directs.people} people`, false)
    if (members.some((ref) => person(ref).isBot === true))
      return no('direct rooms with bots are not imported', true)
    return true
  }

  /** The room here, made if there is none of these people. */
  async settle(room: SourceRoom): Promise<SettledRoom> {
    const key = keyOf(await this.#ids(room))
    const name = key.toString('hex')
    const same = this.#settled.get(name)
    const settling = this.#settleOne(room, key, same)
    if (same === undefined) this.#settled.set(name, settling)
    return settling
  }

  async #settleOne(
    room: SourceRoom,
    key: Buffer,
    same: Promise<SettledRoom> | undefined,
  ): Promise<SettledRoom> {
    const { db, source, people } = this.#deps
    const known = await findRoom(db, source, room.ref)
    if (known !== undefined) return known
    const other = await same
    const accounts = await people.settle(room.creator === undefined ? [] : [room.creator])
    const creator = accounts.get(room.creator ?? '')
    return db.transaction(async (tx) => {
      const [begun] = await tx.rows<{ id: number }>('SELECT id FROM rooms WHERE people_key = ?', [key])
      const there = other?.id ?? (begun === undefined ? undefined : String(begun.id))
      // Without its key, by which nobody finds it: its people are not in it yet.
      const id =
        there ??
        (
          await tx.run('INSERT INTO rooms (name, kind, topic, created_by, created_at) VALUES (?)', [
            [
              '',
              'direct',
              '',
              creator === undefined ? null : BigInt(creator.id),
              new Date(room.createdAt ?? Date.now()),
            ],
          ])
        ).insertId
      await noteRoom(tx, source, room.ref, id)
      return { id, name: room.name, isNew: there === undefined }
    })
  }

  /** Its people come in, once: whoever has left it since stays out. */
  async enter(
    room: SourceRoom,
    settled: SettledRoom,
    heads: Pick<Membership, 'headBefore' | 'headAfter'>,
  ): Promise<void> {
    const ids = await this.#ids(room)
    await this.#deps.db.transaction(async (tx) => {
      const [row] = await tx.rows<{ members: number }>(
        `SELECT (SELECT COUNT(*) FROM memberships m WHERE m.room_id = r.id) AS members FROM rooms r
         WHERE r.id = ? FOR UPDATE`,
        [BigInt(settled.id)],
      )
      const isEmpty = row?.members === 0
      // IGNORE: these people have begun another one while this was imported, which stays the one that is found by them.
      if (isEmpty)
        await tx.run('UPDATE IGNORE rooms SET people_key = ? WHERE id = ?', [keyOf(ids), BigInt(settled.id)])
      await enterRoom(tx, { room: settled.id, people: isEmpty ? ids : [], owner: undefined, ...heads })
    })
  }

  async #ids({ members }: SourceRoom): Promise<string[]> {
    const accounts = await this.#deps.people.settle(members)
    return members.flatMap((ref) => accounts.get(ref)?.id ?? [])
  }
}
