// What people say about themselves: SQL of `profiles` and `avatars`.
import type { Db, Param, Queryable } from '../db.ts'
import { nameKey } from '../protocol/names.ts'
import type { OwnProfile } from '../protocol/profiles.ts'
import { statusAt } from '../protocol/looks.ts'
import type { ProfileColumns } from './clean-profile.ts'
import type { Image } from '../pictures/images.ts'
import { lookColumns, nextVersion, statusIn, type LookRow, type PresentProfiles } from './present-profiles.ts'

interface OwnRow extends LookRow {
  title: string
  pronouns: string
  about: string
  time_zone: string
}

const nothingSet: Omit<OwnRow, 'user_id'> = {
  title: '',
  pronouns: '',
  about: '',
  time_zone: '',
  presence: 'auto',
  avatar: '',
  status_emoji: '',
  status_text: '',
  status_until_ms: null,
}

export interface ProfilesDeps {
  db: Db
  present: Pick<PresentProfiles, 'changed'>
}

export class Profiles {
  readonly #deps: ProfilesDeps

  constructor(deps: ProfilesDeps) {
    this.#deps = deps
  }

  /** One's own, as one has set it; a status that has ended is not in it. */
  async own(userId: string): Promise<OwnProfile> {
    const [row = nothingSet] = await this.#deps.db.rows<Omit<OwnRow, 'user_id'>>(
      `SELECT title, pronouns, about, time_zone, ${lookColumns} FROM profiles WHERE user_id = ?`,
      [BigInt(userId)],
    )
    const { title, pronouns, about, time_zone, presence, avatar } = row
    const status = statusAt(statusIn(row), Date.now())
    return {
      title,
      pronouns,
      about,
      timeZone: time_zone === '' ? null : time_zone,
      presence,
      ...(avatar === '' ? {} : { avatar }),
      ...(status === undefined ? {} : { status }),
    }
  }

  /** Everybody sees it at once. */
  async change(userId: string, columns: ProfileColumns): Promise<void> {
    await this.#write(userId, { ...columns, ...(columns.title === undefined ? {} : keyOf(columns.title)) })
  }

  /** A bot or a webhook has a face as well. */
  async setAvatar(userId: string, { image, hash }: Image): Promise<void> {
    await this.#write(userId, { avatar: hash }, async (tx) => {
      await tx.run(
        `INSERT INTO avatars (user_id, image, set_at) VALUES (?)
         ON DUPLICATE KEY UPDATE image = VALUES(image), set_at = VALUES(set_at)`,
        [[BigInt(userId), image, new Date()]],
      )
    })
  }

  async removeAvatar(userId: string): Promise<void> {
    await this.#write(userId, { avatar: '' }, async (tx) => {
      await tx.run('DELETE FROM avatars WHERE user_id = ?', [BigInt(userId)])
    })
  }

  async isBot(userId: string): Promise<boolean> {
    const rows = await this.#deps.db.rows('SELECT 1 FROM bots WHERE user_id = ?', [BigInt(userId)])
    return rows.length > 0
  }

  /** The image, as WebP, and its hash; undefined: they have none. */
  async avatar(userId: string): Promise<Image | undefined> {
    const [row] = await this.#deps.db.rows<{ image: Buffer; avatar: string }>(
      'SELECT a.image, p.avatar FROM avatars a JOIN profiles p ON p.user_id = a.user_id WHERE a.user_id = ?',
      [BigInt(userId)],
    )
    return row === undefined ? undefined : { image: row.image, hash: row.avatar }
  }

  async #write(
    userId: string,
    columns: Record<string, Param>,
    more: (tx: Queryable) => Promise<void> = async () => undefined,
  ): Promise<void> {
    await this.#deps.db.transaction(async (tx) => {
      const version = await nextVersion(tx)
      // Whose account ends at this moment has no profile any more.
      const [user] = await tx.rows('SELECT id FROM users WHERE id = ? AND ended_at IS NULL FOR UPDATE', [
        BigInt(userId),
      ])
      if (user === undefined) return
      await writeColumns(tx, userId, { ...columns, version })
      await more(tx)
    })
    await this.#deps.present.changed()
  }
}

const keyOf = (title: string) => ({ title_key: nameKey(title) })

async function writeColumns(tx: Queryable, userId: string, columns: Record<string, Param>): Promise<void> {
  const names = Object.keys(columns)
  await tx.run(
    `INSERT INTO profiles (user_id, ${names.join(', ')}) VALUES (?)
     ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`).join(', ')}`,
    [[BigInt(userId), ...Object.values(columns)]],
  )
}

/** In the transaction in which an account ends, before it locks anybody. The row stays, so that every server hears of it. */
export async function clearProfile(tx: Queryable, userId: string): Promise<void> {
  const version = await nextVersion(tx)
  await writeColumns(tx, userId, { ...nothingSet, title_key: '', version })
}
