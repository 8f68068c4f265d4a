// One person's profile, photo, and when they were last seen.
import type { OwnTable } from '../own-data/own-table.ts'
import { clearProfile } from './profiles.ts'

interface Row {
  title: string
  pronouns: string
  about: string
  time_zone: string
  status_emoji: string
  status_text: string
  status_until_ms: number | null
  presence: string
}

export const profileData: readonly OwnTable[] = [
  {
    table: 'profiles',
    beforeEnd: (tx, id) => clearProfile(tx, String(id)),
    end: 'elsewhere',
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        `SELECT title, pronouns, about, time_zone, status_emoji, status_text, status_until_ms, presence
         FROM profiles WHERE user_id = ?`,
        [id],
      )
      return rows.map((row) => ({
        kind: 'profile',
        title: row.title,
        pronouns: row.pronouns,
        about: row.about,
        timeZone: row.time_zone,
        presence: row.presence,
        status: {
          emoji: row.status_emoji,
          text: row.status_text,
          until: row.status_until_ms === null ? null : Number(row.status_until_ms),
        },
      }))
    },
  },
  {
    table: 'avatars',
    lines: async (db, id) => {
      const rows = await db.rows<{ image: Buffer }>('SELECT image FROM avatars WHERE user_id = ?', [id])
      return rows.map(({ image }) => ({
        kind: 'avatar',
        type: 'image/webp',
        base64: image.toString('base64'),
      }))
    },
  },
  {
    table: 'last_seen',
    lines: async (db, id) => {
      const rows = await db.rows<{ seen_ms: number }>('SELECT seen_ms FROM last_seen WHERE user_id = ?', [id])
      return rows.map(({ seen_ms }) => ({ kind: 'lastSeen', at: Number(seen_ms) }))
    },
  },
]
