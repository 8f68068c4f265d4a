// What a member sets for a room, as one object: how far they have read it, of what they are told, until when it is quiet,
// where it stands in their list, and whether it is closed. A new setting is a field of the type and of its request's schema
// (protocol/member-setting-fields.ts), and a column here and in deleted-rooms/members.ts: nothing else reads or writes it.
import type { Param } from '../db.ts'
import type { MemberSettingsBody } from '../protocol/member-setting-fields.ts'
import { usualLevel, type Level } from '../protocol/member-settings.ts'
import type { Position } from '../protocol/position.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'

export interface MemberSettings {
  read: Position
  /** Undefined: none was chosen; see levelIn. */
  level?: Level | undefined
  /** In ms; undefined: not muted. A time in the past is the same as none. */
  mutedUntil?: number | undefined
  favourite: boolean
  /** The id of one of the person's own sections. */
  section?: string | undefined
  /** Not in their list while nothing of the room has a higher number; null: in the list. */
  closed: number | null
}

/** The columns of `memberships m` that hold them, as a query names them. */
export const settingsColumns =
  'm.read_turn, m.read_seq, m.closed_seq, m.level, m.muted_until_ms, m.favourite, m.section_id'

export interface SettingsRow {
  /** The generation of the read pointer: the column has the name used on the wire. */
  read_turn: number
  read_seq: number
  level: Level | null
  muted_until_ms: number | string | null
  favourite: number
  section_id: number | string | null
  closed_seq: number | null
}

export const settingsOf = (row: SettingsRow): MemberSettings => ({
  read: { generation: Number(row.read_turn), seq: Number(row.read_seq) },
  level: row.level ?? undefined,
  mutedUntil: row.muted_until_ms === null ? undefined : Number(row.muted_until_ms),
  favourite: row.favourite === 1,
  section: row.section_id === null ? undefined : String(row.section_id),
  closed: row.closed_seq === null ? null : Number(row.closed_seq),
})

/** For somebody who joins a room whose newest number is `head`: earlier messages are not unread to them. */
export const newSettings = (head: number): MemberSettings => ({
  read: { generation: 0, seq: head },
  favourite: false,
  closed: null,
})

/** For somebody who is not in the room. */
export const noSettings: MemberSettings = newSettings(0)

/** For an INSERT into `memberships`: the columns and their values. The others have what is usual. */
export const settingsInsert = ({
  read,
  closed,
}: MemberSettings): { columns: string; values: (number | null)[] } => ({
  columns: 'read_turn, read_seq, closed_seq',
  values: [read.generation, read.seq, closed],
})

/** For an UPDATE of `memberships`: what is asked, and nothing else. */
export function settingsUpdate({ level, mutedUntil, favourite, section }: MemberSettingsBody): {
  columns: string[]
  values: Param[]
} {
  const set: [column: string, value: Param | undefined][] = [
    ['level', level],
    ['muted_until_ms', mutedUntil],
    ['favourite', favourite === undefined ? undefined : Number(favourite)],
    ['section_id', section === undefined || section === null ? section : BigInt(section)],
  ]
  const asked = set.flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]))
  return { columns: asked.map(({ column }) => column), values: asked.map(({ value }) => value) }
}

/** The level that holds in a room of this kind. */
export const levelIn = (kind: RoomKind, { level }: Pick<MemberSettings, 'level'>): Level =>
  level ?? usualLevel(kind)

/** As they are in a room's summary. */
export function shownMember(kind: RoomKind, settings: MemberSettings, now = Date.now()) {
  const { mutedUntil, favourite, section } = settings
  return {
    level: levelIn(kind, settings),
    favourite,
    ...(mutedUntil === undefined || mutedUntil <= now ? {} : { mutedUntil }),
    ...(section === undefined ? {} : { section }),
  }
}

/** As they are cached: flat, as earlier versions wrote them, which knew only the first two. */
export interface KeptSettings {
  turn: number
  read: number
  level?: Level | undefined
  mutedUntil?: number | undefined
  favourite?: boolean | undefined
  section?: string | undefined
  closed?: number | null | undefined
}

export const keptSettings = ({ read, ...others }: MemberSettings): KeptSettings => ({
  turn: read.generation,
  read: read.seq,
  ...others,
})

export const fromKept = ({
  turn,
  read,
  favourite = false,
  closed = null,
  ...others
}: KeptSettings): MemberSettings => ({
  ...others,
  closed,
  read: { generation: turn, seq: read },
  favourite,
})
