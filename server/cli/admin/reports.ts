// `brook admin reports`: what waits for moderators, on the command line.
import { filesInWords } from '../../protocol/file-words.ts'
import type { FileRef } from '../../protocol/files.ts'
import { limits } from '../../protocol/limits.ts'
import type { Person } from '../../protocol/people.ts'
import { heldFiles } from '../../reports/held-files.ts'
import { withDb } from '../open-stores.ts'
import { utc, type AdminAction } from './action.ts'

interface Row {
  id: number
  kind: 'report' | 'held'
  room: string
  seq: number | null
  author: string
  text: string | null
  said: string | null
  created_at: Date
  reports: number
  reasons: string | null
}

/** What is shown of a message. */
const shownChars = 100

export const reports: AdminAction = {
  about: 'list what people reported and rules held for review and nobody has handled yet, the newest first',
  reads: true,
  run: () => (config) =>
    withDb(config, async (db) => {
      const rows = await db.rows<Row>(
        `SELECT c.id, c.kind, r.name AS room, c.seq, c.author, c.text, c.said, c.created_at, COUNT(n.reporter_id) AS reports,
           GROUP_CONCAT(DISTINCT n.reason ORDER BY n.reason SEPARATOR ', ') AS reasons
         FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL LEFT JOIN reports n ON n.case_id = c.id
         WHERE c.handled_at IS NULL
         GROUP BY c.id, c.kind, r.name, c.seq, c.author, c.text, c.said, c.created_at ORDER BY c.id DESC LIMIT ?`,
        [limits.reports.open],
      )
      const files = await heldFiles(db, rows)
      return rows.length > 0 ? rows.map((row) => lineOf(row, files.get(row.id))) : ['No open reports.']
    }),
}

/** 2026-12-07 17:06 UTC, garden #7, Eve: buy my boats (2 reports: abuse, spam) */
function lineOf(
  { kind, room, seq, author, text, created_at, reports, reasons }: Row,
  files: readonly FileRef[] = [],
): string {
  const place = seq === null ? room : `${room} #${seq}`
  const line = `${text ?? ''} ${filesInWords(files)}`.replace(/\s+/gu, ' ').trim()
  const words = [...line].length > shownChars ? `${[...line].slice(0, shownChars).join('')}...` : line
  const count = Number(reports)
  const why = kind === 'held' ? 'held for review' : `${count} report${count === 1 ? '' : 's'}: ${reasons}`
  return `${utc(created_at.getTime())}, ${place}, ${(JSON.parse(author) as Person).name}: ${words} (${why})`
}
