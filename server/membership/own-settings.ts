// Changes what a member has set for a room. In MySQL first, then the cached copy, then the person's other devices.
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { MemberSettingsBody } from '../protocol/member-setting-fields.ts'
import { mayMuteUntil } from '../protocol/member-settings.ts'
import type { Roster } from './roster.ts'
import { settingsUpdate } from './settings.ts'

export interface OwnSettingsDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  roster: Pick<Roster, 'settingsChanged'>
}

export class OwnSettings {
  readonly #deps: OwnSettingsDeps

  constructor(deps: OwnSettingsDeps) {
    this.#deps = deps
  }

  /** What is not asked for stays as it is. `not_found`: they are not in the room. */
  async change(userId: string, room: string, query: MemberSettingsBody): Promise<Refusal | undefined> {
    const { mutedUntil } = query
    if (typeof mutedUntil === 'number' && !mayMuteUntil(mutedUntil, Date.now())) return { code: 'bad_mute' }
    const { db, bus, roster } = this.#deps
    const refusal = await db.transaction(async (tx) => {
      const { section } = query
      if (typeof section === 'string' && !(await isOwnSection(tx, userId, section)))
        return { code: 'no_such_section' } as const
      const { columns, values } = settingsUpdate(query)
      const { affectedRows } = await tx.run(
        `UPDATE memberships SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE user_id = ? AND room_id = ?`,
        [...values, BigInt(userId), BigInt(room)],
      )
      return affectedRows === 0 ? ({ code: 'not_found' } as const) : undefined
    })
    if (refusal !== undefined) return refusal
    await roster.settingsChanged(userId)
    bus.publish({ kind: 'event', user: userId, event: { type: 'settings', room, settings: query } })
    return undefined
  }
}

/** It is not deleted until the end of the transaction. */
async function isOwnSection(tx: Queryable, userId: string, section: string): Promise<boolean> {
  const sql = 'SELECT id FROM sections WHERE id = ? AND user_id = ? AND usual IS NULL LOCK IN SHARE MODE'
  return (await tx.rows(sql, [BigInt(section), BigInt(userId)])).length > 0
}
