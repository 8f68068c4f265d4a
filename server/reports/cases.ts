// The queue of moderators as somebody sees it: which cases, and what they may do about each. SQL of `review_cases` and `reports`
// for readers; report.ts and handle.ts change them.
import { isRefusal } from '../answer.ts'
import type { Db, Param } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Message } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { personOf, type Person, type Role, type User } from '../protocol/people.ts'
import type {
  Case,
  CaseAct,
  CasesAnswer,
  CasesQuery,
  Handled,
  OpenCasesAnswer,
  Report,
} from '../protocol/reports.ts'
import { may, mayBan, mayRemove } from '../protocol/rights.ts'
import { isSeenByAll, type RoomKind } from '../protocol/room-kinds.ts'
import { heldFiles } from './held-files.ts'

export interface CasesDeps {
  db: Db
  history: Pick<History, 'messages'>
}

/** A case as it is stored, with what decides who may do what about it. */
export interface CaseRow {
  id: number
  kind: Case['kind']
  room_id: number
  room_name: string
  room_kind: RoomKind
  is_default: number
  seq: number | null
  thread: number | null
  author_id: number
  author: string
  author_role: Role | null
  author_admin: number | null
  text: string | null
  said: string | null
  said_at: Date
  created_at: Date
  handled_at: Date | null
  handler_id: number | null
  handler_name: string | null
  acts: string | null
  answer: string
  /** Of whoever asks. */
  role: Role | null
  total: number
}

interface ReportRow {
  case_id: number
  id: number
  name: string | null
  is_bot: number | null
  reason: Report['reason']
  note: string
  created_at: Date
}

/**
 * Whose cases somebody may handle: administrators all of them, moderators and owners those of their rooms, but none about
 * themselves.
 */
const handledBy = (user: User): { which: string; params: Param[] } =>
  user.admin
    ? { which: 'TRUE', params: [] }
    : { which: "m.role IN ('owner', 'moderator') AND c.author_id <> ?", params: [BigInt(user.id)] }

export class Cases {
  readonly #deps: CasesDeps

  constructor(deps: CasesDeps) {
    this.#deps = deps
  }

  /** The newest first. `room`: only those of this room, which the caller has checked. */
  async list(user: User, query: CasesQuery & { room?: string }): Promise<CasesAnswer> {
    const { state = 'open', before, room, limit = limits.reports.page.default } = query
    const conditions = [`c.handled_at IS ${state === 'open' ? '' : 'NOT '}NULL`]
    const params: Param[] = []
    if (state === 'handled') {
      conditions.push('c.acts <> ?')
      params.push(withdrawn)
    }
    if (room !== undefined) {
      conditions.push('c.room_id = ?')
      params.push(BigInt(room))
    }
    if (before !== undefined) {
      conditions.push('c.id < ?')
      params.push(BigInt(before))
    }
    const rows = await this.#rows(user, conditions.join(' AND '), params, limit + 1)
    const cases = await this.#seen(user, rows.slice(0, limit))
    return { cases, next: rows.length > limit ? (cases.at(-1)?.id ?? null) : null }
  }

  /** Undefined: there is none, or they may not handle it. */
  async find(user: User, id: string): Promise<CaseRow | undefined> {
    const [row] = await this.#rows(user, 'c.id = ?', [BigInt(id)], 1)
    return row
  }

  async show(user: User, id: string): Promise<Case | undefined> {
    const row = await this.find(user, id)
    return row === undefined ? undefined : (await this.#seen(user, [row]))[0]
  }

  async open(user: User): Promise<OpenCasesAnswer> {
    const { which, params } = handledBy(user)
    const rows = await this.#deps.db.rows<{ room: number; n: number }>(
      `SELECT c.room_id AS room, COUNT(*) AS n FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL
       LEFT JOIN memberships m ON m.room_id = c.room_id AND m.user_id = ?
       WHERE c.handled_at IS NULL AND ${which} GROUP BY c.room_id`,
      [BigInt(user.id), ...params],
    )
    const rooms = Object.fromEntries(rows.map(({ room, n }) => [String(room), Number(n)]))
    return { open: rows.reduce((sum, { n }) => sum + Number(n), 0), rooms }
  }

  #rows(user: User, which: string, params: readonly Param[], limit: number): Promise<CaseRow[]> {
    const own = handledBy(user)
    return this.#deps.db.rows<CaseRow>(
      `SELECT c.id, c.kind, c.room_id, r.name AS room_name, r.kind AS room_kind, r.is_default, c.seq, c.thread, c.author_id,
         c.author, am.role AS author_role, au.is_admin AS author_admin, c.text, c.said, c.said_at, c.created_at, c.handled_at,
         h.id AS handler_id, h.name AS handler_name, c.acts, c.answer, m.role,
         (SELECT COUNT(*) FROM reports n WHERE n.case_id = c.id) AS total
       FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL
       LEFT JOIN memberships m ON m.room_id = c.room_id AND m.user_id = ?
       LEFT JOIN memberships am ON am.room_id = c.room_id AND am.user_id = c.author_id
       LEFT JOIN users au ON au.id = c.author_id
       LEFT JOIN users h ON h.id = c.handled_by
       WHERE ${own.which} AND ${which} ORDER BY c.id DESC LIMIT ?`,
      [BigInt(user.id), ...own.params, ...params, limit],
    )
  }

  async #seen(user: User, rows: readonly CaseRow[]): Promise<Case[]> {
    const [reports, messages, files] = await Promise.all([
      this.#reports(user, rows),
      this.#messages(rows),
      heldFiles(this.#deps.db, rows),
    ])
    return rows.map((row) => {
      const now = stateOf(row, messages.get(String(row.room_id)))
      const held = files.get(row.id)
      return {
        id: String(row.id),
        kind: row.kind,
        room: { id: String(row.room_id), name: row.room_name },
        seq: row.seq,
        ...(row.thread === null ? {} : { thread: row.thread }),
        author: JSON.parse(row.author) as Person,
        text: row.text,
        ...(held === undefined ? {} : { files: held }),
        saidAt: row.said_at.getTime(),
        at: row.created_at.getTime(),
        now,
        reports: reports.get(row.id) ?? [],
        total: Number(row.total),
        handled: handledOf(row),
        may: actsFor(user, row).filter((act) => act !== 'delete' || now !== 'deleted'),
        readable: row.role !== null || isSeenByAll(row.room_kind),
      }
    })
  }

  async #reports(user: User, rows: readonly CaseRow[]): Promise<Map<number, Report[]>> {
    const found = new Map<number, Report[]>()
    if (rows.length === 0) return found
    const reports = await this.#deps.db.rows<ReportRow>(
      `SELECT n.case_id, n.reporter_id AS id, u.name, u.is_bot, n.reason, n.note, n.created_at
       FROM reports n LEFT JOIN users u ON u.id = n.reporter_id WHERE n.case_id IN (?)
       ORDER BY n.created_at, n.reporter_id`,
      [rows.map(({ id }) => id)],
    )
    for (const { case_id, id, name, is_bot, reason, note, created_at } of reports) {
      const all = found.get(case_id) ?? []
      if (all.length >= limits.reports.shown) continue
      const bot = is_bot === 1 ? { bot: true as const } : {}
      const by = user.admin ? { id: String(id), name: name ?? '', ...bot } : null
      found.set(case_id, [...all, { by, reason, note, at: created_at.getTime() }])
    }
    return found
  }

  /** One read for each room; undefined: its history cannot be read. */
  async #messages(rows: readonly CaseRow[]): Promise<Map<string, Map<string, Message> | undefined>> {
    const found = new Map<string, Map<string, Message> | undefined>()
    for (const room of new Set(rows.map(({ room_id }) => String(room_id)))) {
      const here = rows.filter(({ kind, room_id }) => kind === 'report' && String(room_id) === room)
      const seqs = here.flatMap(({ seq }) => seq ?? [])
      const messages = await this.#deps.history.messages(room, seqs)
      const known = isRefusal(messages)
        ? undefined
        : messages.map((one) => [placeKey(room, one.seq), one] as const)
      found.set(room, known === undefined ? undefined : new Map(known))
    }
    return found
  }
}

function stateOf(row: CaseRow, messages: ReadonlyMap<string, Message> | undefined): Case['now'] {
  if (row.kind === 'held' || row.seq === null) return 'same'
  if (messages === undefined) return 'unknown'
  const message = messages.get(placeKey(String(row.room_id), row.seq))
  if (message === undefined || message.kind === 'notice' || message.deletedAt !== null) return 'deleted'
  return row.text !== null && message.text !== row.text ? 'edited' : 'same'
}

function handledOf({ handled_at, handler_id, handler_name, acts, answer }: CaseRow): Handled | null {
  if (handled_at === null) return null
  const by = handler_id === null ? null : personOf({ id: String(handler_id), name: handler_name ?? '' })
  return { by, at: handled_at.getTime(), acts: actsOf(acts), answer }
}

/** In place of acts: the author of what was held has taken it back. It is in nobody's queue. */
export const withdrawn = 'withdrawn'

export const actsOf = (acts: string | null): CaseAct[] =>
  acts === null || acts === '' ? [] : (acts.split(',') as CaseAct[])

/**
 * What somebody may do about the message of a case and its author. Administrators delete in any room; who is not in a room
 * removes and bans nobody from it. A bot is removed; a ban is for people.
 */
export function actsFor(user: User, row: CaseRow): CaseAct[] {
  const { room_kind: kind, role, author_role, author_admin } = row
  const standing = { kind, role, admin: user.admin, isDefault: row.is_default === 1 }
  const isOther = String(row.author_id) !== user.id
  const isPerson = (JSON.parse(row.author) as Person).bot !== true
  const mayBeBanned = isOther && isPerson && author_admin === 0
  const acts: CaseAct[] = []
  if (user.admin || may('deleteOthers', standing)) acts.push(row.kind === 'held' ? 'post' : 'delete')
  if (isOther && author_role !== null && mayRemove(standing, author_role)) acts.push('remove')
  if (mayBeBanned && mayBan(standing, author_role)) acts.push('ban')
  if (mayBeBanned && user.admin) acts.push('ban_workspace')
  return acts
}
