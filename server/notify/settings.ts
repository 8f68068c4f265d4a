// How people want to be told, in MySQL. What is missing in a row, because an older version wrote it, is as by default.
import type { Db, Queryable } from '../db.ts'
import { defaultNotifySettings } from '../protocol/notify-defaults.ts'
import type { NotifySettings } from '../protocol/notify-settings.ts'
import type { Refusal } from '../protocol/errors.ts'
import { refuseSettings } from './settings-rules.ts'

interface Row {
  user_id: number | string
  settings: string
  version: number
}

export interface KeptSettings {
  user: string
  settings: NotifySettings
}

export class NotifySettingsStore {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  async of(user: string): Promise<NotifySettings> {
    return (await this.ofAll([user])).get(user) ?? defaultNotifySettings
  }

  /** Of those among these people who have ever chosen. */
  async ofAll(users: readonly string[]): Promise<Map<string, NotifySettings>> {
    if (users.length === 0) return new Map()
    const rows = await this.#db.rows<Row>(
      'SELECT user_id, settings FROM notification_settings WHERE user_id IN (?)',
      [users.map(BigInt)],
    )
    return new Map(rows.map((row) => [String(row.user_id), settingsIn(row)]))
  }

  /** All that were changed after a version, and the version that this is. 0: all there are. */
  async changedAfter(version: number): Promise<{ version: number; changed: KeptSettings[] }> {
    const rows = await this.#db.rows<Row>(
      'SELECT user_id, settings, version FROM notification_settings WHERE version > ? ORDER BY version',
      [version],
    )
    const changed = rows.map((row) => ({ user: String(row.user_id), settings: settingsIn(row) }))
    return { version: Number(rows.at(-1)?.version ?? version), changed }
  }

  /** The number of the last change of anybody's. */
  async version(db: Queryable = this.#db): Promise<number> {
    const [row] = await db.rows<{ version: number }>(
      'SELECT settings_version AS version FROM notify_head WHERE one = 1',
    )
    return Number(row?.version ?? 0)
  }

  /** Replaces them as a whole. Answers what is kept, or why it is refused. `now`: ms since 1970. */
  async put(user: string, wanted: NotifySettings, now: number): Promise<NotifySettings | Refusal> {
    const settings = refuseSettings(wanted, now)
    if ('code' in settings) return settings
    await this.#db.transaction(async (tx) => {
      // Trap: versions become visible in their order, because the row is locked until the commit.
      await tx.run('UPDATE notify_head SET settings_version = settings_version + 1 WHERE one = 1')
      await tx.run(
        `INSERT INTO notification_settings (user_id, settings, version) VALUES (?)
         ON DUPLICATE KEY UPDATE settings = VALUES(settings), version = VALUES(version)`,
        [[BigInt(user), JSON.stringify(settings), await this.version(tx)]],
      )
    })
    return settings
  }
}

const settingsIn = ({ settings }: Pick<Row, 'settings'>): NotifySettings => ({
  ...defaultNotifySettings,
  ...(JSON.parse(settings) as Partial<NotifySettings>),
})
