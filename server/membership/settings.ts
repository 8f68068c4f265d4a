// What a member sets for a room, as one object: today how far they have read it. A new setting (a level, muted until,
// a favourite, a section) is a field of the type and of its request's schema, and a column here: nothing else reads
// or writes it.
import type { Position } from '../protocol/position.ts'

export interface MemberSettings {
  read: Position
}

/** The columns of `memberships m` that hold them, as a query names them. */
export const settingsColumns = 'm.read_turn, m.read_seq'

export interface SettingsRow {
  /** The generation of the read pointer: the column has the name used on the wire. */
  read_turn: number
  read_seq: number
}

export const settingsOf = ({ read_turn, read_seq }: SettingsRow): MemberSettings => ({
  read: { generation: Number(read_turn), seq: Number(read_seq) },
})

/** For somebody who joins a room whose newest number is `head`: earlier messages are not unread to them. */
export const newSettings = (head: number): MemberSettings => ({ read: { generation: 0, seq: head } })

/** For somebody who is not in the room. */
export const noSettings: MemberSettings = newSettings(0)

/** For an INSERT into `memberships`: the columns and their values. */
export const settingsInsert = ({ read }: MemberSettings): { columns: string; values: number[] } => ({
  columns: 'read_turn, read_seq',
  values: [read.generation, read.seq],
})

/** As they are cached: flat, as earlier versions wrote them. */
export interface KeptSettings {
  turn: number
  read: number
}

export const keptSettings = ({ read }: MemberSettings): KeptSettings => ({
  turn: read.generation,
  read: read.seq,
})

export const fromKept = ({ turn, read }: KeptSettings): MemberSettings => ({
  read: { generation: turn, seq: read },
})
