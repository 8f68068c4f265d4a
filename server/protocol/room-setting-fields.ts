// The schemas of a room's settings, generated from the table in room-settings.ts: for requests, summaries and
// notices.
import { Type, type TOptional, type TSchema, type TUnsafe } from 'typebox'
import { eachSetting, settingNames, settingOf } from './room-settings.ts'
import type { RoomSettings, SettingName, roomSettings } from './room-settings.ts'
import { Closed, Line } from './schema.ts'

/** `asked` is bounded; a stored value is shown whatever the bound is today. */
function schemaOf(name: SettingName, use: 'asked' | 'told'): TSchema {
  const { value } = settingOf(name)
  if ('oneOf' in value) return Type.Union(value.oneOf.map((word) => Type.Literal(word)))
  if ('flag' in value) return Type.Boolean()
  if ('upTo' in value)
    return Type.Integer({ minimum: 0, ...(use === 'asked' ? { maximum: value.upTo } : {}) })
  return use === 'asked' ? Line(value.textChars) : Type.String()
}

type Fields = { [Name in SettingName]: TUnsafe<RoomSettings[Name]> }
type Asked = { [Name in SettingName]: TOptional<Fields[Name]> }
type ShownName = {
  [Name in SettingName]: (typeof roomSettings)[Name]['shown'] extends 'elsewhere' ? never : Name
}[SettingName]
type Shown = {
  [Name in ShownName]: (typeof roomSettings)[Name]['shown'] extends 'always' ? Fields[Name] : Asked[Name]
}

/** Of a request that changes settings; `visibility` is asked for as `kind`, and a picture is uploaded. */
const {
  visibility: kind,
  picture: _picture,
  ...rest
} = eachSetting((name) => Type.Optional(schemaOf(name, 'asked'))) as Asked
export const askedSettings = { ...rest, kind }

/** Of a room's summary. */
export const shownSettings = Object.fromEntries(
  settingNames
    .filter((name) => settingOf(name).shown !== 'elsewhere')
    .map((name) => {
      const told = schemaOf(name, 'told')
      return [name, settingOf(name).shown === 'always' ? told : Type.Optional(told)]
    }),
) as Shown

/** Of the notices. */
export const settingNotices = settingNames.map((name) =>
  Closed({ kind: Type.Literal(name), [name]: schemaOf(name, 'told') }),
)
