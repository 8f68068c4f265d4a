// What holds in rooms for everybody who writes there: archived, only for moderators, slow. In this process's memory, so that a
// message in a room without such rules asks no store. Moved by the rooms' own logs, and read again whenever a notice may have been
// missed.
import type { Db } from '../db.ts'
import type { Entry } from '../log/entry.ts'
import { limits } from '../protocol/limits.ts'
import type { RoomSettings, SettingColumns } from '../protocol/room-settings.ts'
import { changeIn, isSettingNotice, settingsIn } from '../protocol/room-settings.ts'
import { Repeated } from '../repeated.ts'
import type { Happening } from './notices.ts'

export type RoomRule = Pick<RoomSettings, 'archived' | 'speak' | 'slowMs'>

const none: RoomRule = { archived: false, speak: 'everyone', slowMs: 0 }

export class RoomRules {
  readonly #db: Db
  readonly #onError: (error: unknown, where: string) => void
  #rooms = new Map<string, RoomRule>()
  /** What was heard while they are being read. */
  #heard: Pick<Happening, 'room' | 'notice'>[] | undefined
  #asking: Repeated | undefined

  constructor(db: Db, onError: (error: unknown, where: string) => void) {
    this.#db = db
    this.#onError = onError
  }

  /** Undefined: whoever is in it may write as they like. */
  of(room: string): RoomRule | undefined {
    return this.#rooms.get(room)
  }

  /** @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    this.#asking ??= new Repeated({
      everyMs: limits.roomPeople.refreshMs,
      run: () => this.read(),
      onError: (error) => this.#onError(error, 'reading the rules of rooms'),
    })
  }

  hear(entries: readonly Entry[]): void {
    for (const { room, event } of entries)
      if (event.type === 'notice') this.happened({ room, notice: event.notice })
  }

  happened({ room, notice }: Pick<Happening, 'room' | 'notice'>): void {
    if (!isSettingNotice(notice)) return
    this.#heard?.push({ room, notice })
    this.#keep(room, { ...(this.#rooms.get(room) ?? none), ...changeIn(notice) })
  }

  /** Notices may not have been heard. */
  doubt(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  async read(): Promise<void> {
    this.#heard = []
    try {
      const rows = await this.#db.rows<SettingColumns & { id: number }>(
        "SELECT r.* FROM rooms r WHERE r.archived = 1 OR r.speak <> 'everyone' OR r.slow_ms > 0",
      )
      this.#rooms = new Map()
      for (const row of rows) this.#keep(String(row.id), settingsIn(row))
      const heard = this.#heard
      // What happened hears these again.
      this.#heard = undefined
      for (const one of heard ?? []) this.happened(one)
    } finally {
      this.#heard = undefined
    }
  }

  #keep(room: string, { archived, speak, slowMs }: RoomRule): void {
    if (archived || speak !== 'everyone' || slowMs > 0) this.#rooms.set(room, { archived, speak, slowMs })
    else this.#rooms.delete(room)
  }
}
