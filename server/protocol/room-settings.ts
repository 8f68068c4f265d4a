// A room's settings as a table. A new one is a line here, a column in `rooms`, and its texts (the notice in
// history/notice-words.ts and in web/words): requesting, storing, showing and announcing it follow from the line.
// Trap: the browser reads entries with this file, so it has no schemas; room-setting-fields.ts generates them from
// the lines.
import { limits } from './limits.ts'
import type { ErrorCode, Refusal } from './errors.ts'
import { cleanTopic } from './names.ts'

interface Setting {
  /** Its possible values: one of these, or a text of up to this many characters in a request. */
  value: { oneOf: readonly string[] } | { textChars: number }
  /** A text in its stored form, or undefined if it is not valid; then `refusal` is the answer. */
  cleaned?: { clean: (raw: string) => string | undefined; refusal: ErrorCode }
  /** In `rooms`. */
  column: string
  /** Who may set it; see rights.ts. */
  right: 'topic' | 'settings'
  /** Always in a summary, or unless an older version cached the room without it. */
  shown: 'always' | 'when known'
}

export const roomSettings = {
  topic: {
    value: { textChars: limits.topicChars },
    cleaned: { clean: cleanTopic, refusal: 'bad_topic' },
    column: 'topic',
    right: 'topic',
    shown: 'always',
  },
  /** Who may read earlier versions of a message; `moderators`: and owners. */
  revisions: {
    value: { oneOf: ['everyone', 'moderators', 'nobody'] },
    column: 'revisions',
    right: 'settings',
    shown: 'when known',
  },
} as const satisfies Record<string, Setting>

type Table = typeof roomSettings
export type SettingName = keyof Table

type ValueOf<Line extends Setting> = Line['value'] extends { oneOf: readonly (infer Word)[] } ? Word : string

/** The settings of a room, each with its value. */
export type RoomSettings = { -readonly [Name in SettingName]: ValueOf<Table[Name]> }

/** As a room's summary shows them. */
export type ShownSettings = {
  [Name in SettingName as Table[Name]['shown'] extends 'always' ? Name : never]: RoomSettings[Name]
} & {
  [Name in SettingName as Table[Name]['shown'] extends 'always' ? never : Name]?: RoomSettings[Name]
}

/** By their columns, as a row of `rooms` has them. */
export type SettingColumns = { [Name in SettingName as Table[Name]['column']]: RoomSettings[Name] }

export type RevisionReaders = RoomSettings['revisions']

/** New settings of a room. */
export type RoomChange = Partial<RoomSettings>

/** The notice of a changed setting: `{kind: 'topic', topic}`. */
export type SettingNotice = {
  [Name in SettingName]: { kind: Name } & Pick<RoomSettings, Name>
}[SettingName]

export const settingNames = Object.keys(roomSettings) as SettingName[]

export const settingOf = (name: SettingName): Setting => roomSettings[name]

export const isSettingName = (name: unknown): name is SettingName =>
  typeof name === 'string' && Object.hasOwn(roomSettings, name)

/** One field for each setting. */
export const eachSetting = <Field>(make: (name: SettingName) => Field): Record<SettingName, Field> =>
  Object.fromEntries(settingNames.map((name) => [name, make(name)])) as Record<SettingName, Field>

/** The settings in a row of `rooms`. */
export const settingsIn = (row: SettingColumns): RoomSettings =>
  eachSetting((name) => row[roomSettings[name].column]) as RoomSettings

/** The settings of a room for its summary; those that an older version did not know are left out. */
export const shownIn = (room: ShownSettings): ShownSettings =>
  Object.fromEntries(
    settingNames.filter((name) => room[name] !== undefined).map((name) => [name, room[name]]),
  ) as unknown as ShownSettings

/** The notice of a setting that has a new `value`. */
export const settingNotice = (name: SettingName, value: string): SettingNotice =>
  ({ kind: name, [name]: value }) as unknown as SettingNotice

/** A change in its stored form, setting by setting, or why one of them is not valid. */
export function cleanChange(change: RoomChange): (readonly [name: SettingName, value: string])[] | Refusal {
  const kept: (readonly [SettingName, string])[] = []
  for (const name of settingNames) {
    const raw = change[name]
    if (raw === undefined) continue
    const { cleaned } = settingOf(name)
    const value = cleaned === undefined ? raw : cleaned.clean(raw)
    if (value === undefined) return { code: cleaned?.refusal ?? 'bad_request' }
    kept.push([name, value])
  }
  return kept
}

/** The rights that a change needs. */
export const rightsFor = (change: RoomChange): Setting['right'][] => [
  ...new Set(settingNames.filter((name) => change[name] !== undefined).map((name) => settingOf(name).right)),
]
