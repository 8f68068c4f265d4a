// A room's settings as a table. A new one is a line here, a column in `rooms`, and its texts (the notice in
// history/notice-words.ts and in web/words): requesting, storing, showing and announcing it follow from the line.
// Trap: the browser reads entries with this file, so it has no schemas; room-setting-fields.ts generates them from
// the lines.
import { limits } from './limits.ts'
import type { ErrorCode, Refusal } from './errors.ts'
import { cleanRoomName, cleanTopic } from './names.ts'

interface Setting {
  /** Its possible values: one of these, a text of up to this many characters in a request, a number from 0, or yes and no. */
  value: { oneOf: readonly string[] } | { textChars: number } | { upTo: number } | { flag: true }
  /** A text in its stored form, or undefined if it is not valid; then `refusal` is the answer. */
  cleaned?: { clean: (raw: string) => string | undefined; refusal: ErrorCode }
  /** It is uploaded (PUT /api/rooms/:room/picture), and no field of a request that changes settings. */
  isUploaded?: true
  /** In `rooms`. */
  column: string
  /** Who may set it; see rights.ts. */
  right: 'topic' | 'settings'
  /** In a summary always, or unless an older version cached the room without it; or by a field of its own. */
  shown: 'always' | 'when known' | 'elsewhere'
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
  /** Its links lead on. */
  name: {
    value: { textChars: limits.roomNameChars },
    cleaned: { clean: cleanRoomName, refusal: 'bad_room_name' },
    column: 'name',
    right: 'settings',
    shown: 'elsewhere',
  },
  /** Its kind: who sees it, and who may join. A request and a summary call it `kind`. */
  visibility: {
    value: { oneOf: ['public', 'private'] },
    column: 'kind',
    right: 'settings',
    shown: 'elsewhere',
  },
  /** Who may write in it; `moderators`: and owners. */
  speak: {
    value: { oneOf: ['everyone', 'moderators'] },
    column: 'speak',
    right: 'settings',
    shown: 'when known',
  },
  /** Milliseconds between two messages of one person; 0: any. Moderators and owners may write at any time. */
  slowMs: {
    value: { upTo: limits.slowMs },
    column: 'slow_ms',
    right: 'settings',
    shown: 'when known',
  },
  /** Days after which messages are deleted; 0: as the workspace says. Of both, the shorter holds. */
  retentionDays: {
    value: { upTo: limits.retention.days },
    column: 'retention_days',
    right: 'settings',
    shown: 'when known',
  },
  /** Links in it get cards, as long as the workspace has them. */
  linkCards: {
    value: { flag: true },
    column: 'link_cards',
    right: 'settings',
    shown: 'when known',
  },
  /** Nothing is written in it any more, and nobody joins; it can be read as before. */
  archived: {
    value: { flag: true },
    column: 'archived',
    right: 'settings',
    shown: 'when known',
  },
  /** The hash of its picture; '': it has none. */
  picture: {
    value: { textChars: 22 },
    isUploaded: true,
    column: 'picture',
    right: 'settings',
    shown: 'when known',
  },
} as const satisfies Record<string, Setting>

type Table = typeof roomSettings
export type SettingName = keyof Table

type ValueOf<Line extends Setting> = Line['value'] extends { oneOf: readonly (infer Word)[] }
  ? Word
  : Line['value'] extends { upTo: number }
    ? number
    : Line['value'] extends { flag: true }
      ? boolean
      : string
export type SettingValue = string | number | boolean

/** The settings of a room, each with its value. */
export type RoomSettings = { -readonly [Name in SettingName]: ValueOf<Table[Name]> }

/** As a room's summary shows them. */
export type ShownSettings = {
  [Name in SettingName as Table[Name]['shown'] extends 'always' ? Name : never]: RoomSettings[Name]
} & {
  [Name in SettingName as Table[Name]['shown'] extends 'when known' ? Name : never]?: RoomSettings[Name]
}

/** By their columns, as a row of `rooms` has them: yes is 1. */
export type SettingColumns = {
  [Name in SettingName as Table[Name]['column']]: RoomSettings[Name] extends boolean
    ? number
    : RoomSettings[Name]
}

export type RevisionReaders = RoomSettings['revisions']

/** New settings of a room. */
export type RoomChange = Partial<Omit<RoomSettings, UploadedName>>

/** Those that are uploaded. */
type UploadedName = {
  [Name in SettingName]: Table[Name] extends { isUploaded: true } ? Name : never
}[SettingName]

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
  eachSetting((name) => {
    const stored = row[roomSettings[name].column]
    return 'flag' in settingOf(name).value ? stored === 1 : stored
  }) as RoomSettings

/** Whether a setting can have this value; a stored text may be one that an older version allowed. */
export function isValueOf(name: SettingName, value: unknown): value is SettingValue {
  const kind = settingOf(name).value
  if ('flag' in kind) return typeof value === 'boolean'
  return typeof value === ('upTo' in kind ? 'number' : 'string')
}

/** The settings of a room for its summary; those that an older version did not know are left out. */
export const shownIn = (room: ShownSettings): ShownSettings =>
  Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = (room as Partial<RoomSettings>)[name]
      return value === undefined || settingOf(name).shown === 'elsewhere' ? [] : [[name, value]]
    }),
  ) as unknown as ShownSettings

/** What a notice changes in a summary. */
export function changeIn(notice: SettingNotice): Partial<RoomSettings & { kind: 'public' | 'private' }> {
  return notice.kind === 'visibility' ? { kind: notice.visibility } : { [notice.kind]: valueIn(notice) }
}

const valueIn = (notice: SettingNotice): SettingValue =>
  (notice as unknown as Record<string, SettingValue>)[notice.kind] ?? ''

export const isSettingNotice = (notice: { kind: string }): notice is SettingNotice =>
  isSettingName(notice.kind)

/** The notice of a setting that has a new `value`. */
export const settingNotice = (name: SettingName, value: SettingValue): SettingNotice =>
  ({ kind: name, [name]: value }) as unknown as SettingNotice

/** A change in its stored form, setting by setting, or why one of them is not valid. */
export function cleanChange(
  change: RoomChange,
): (readonly [name: SettingName, value: SettingValue])[] | Refusal {
  const kept: (readonly [SettingName, SettingValue])[] = []
  for (const name of settingNames) {
    const raw = (change as Partial<RoomSettings>)[name]
    if (raw === undefined) continue
    const { cleaned } = settingOf(name)
    const value = cleaned === undefined ? raw : cleaned.clean(String(raw))
    if (value === undefined) return { code: cleaned?.refusal ?? 'bad_request' }
    kept.push([name, value])
  }
  return kept
}

/** The rights that a change needs. */
export const rightsFor = (change: RoomChange): Setting['right'][] => [
  ...new Set(
    settingNames
      .filter((name) => (change as Partial<RoomSettings>)[name] !== undefined)
      .map((name) => settingOf(name).right),
  ),
]
