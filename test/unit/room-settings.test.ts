// The tables of rooms: what a kind permits, and what follows from the line of a setting.
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { NoticeBody, RoomChangeBody } from '../../server/protocol/http.ts'
import { isSeenByAll, kindOf, openKinds, roomKindNames } from '../../server/protocol/room-kinds.ts'
import {
  changeIn,
  cleanChange,
  rightsFor,
  settingNames,
  settingNotice,
  shownIn,
  type RoomSettings,
} from '../../server/protocol/room-settings.ts'
import { rights } from '../../server/protocol/rights.ts'

const examples: RoomSettings = {
  topic: 'tea',
  revisions: 'nobody',
  name: 'garden',
  visibility: 'private',
  speak: 'moderators',
  slowMs: 30_000,
  retentionDays: 30,
  linkCards: false,
  archived: true,
  picture: 'uJ2k4zXcVbNm1qWeRtYuIo',
}

describe('a setting of a room', () => {
  const asks = Compile(RoomChangeBody)
  const tells = Compile(NoticeBody)

  it.each(settingNames)('%s is requested, announced, and needs an existing right', (name) => {
    const value = examples[name]
    const asked = name === 'visibility' ? 'kind' : name
    // One that is uploaded is in no request.
    expect(asks.Check({ [asked]: value })).toBe(name !== 'picture')
    expect(asks.Check({ [asked]: null })).toBe(false)
    expect(tells.Check(settingNotice(name, value))).toBe(true)
    expect(tells.Check({ kind: name })).toBe(false)
    expect(rightsFor({ [name]: value }).every((right) => right in rights)).toBe(true)
  })

  it.each(settingNames)('%s is read from its notice', (name) => {
    const shown = name === 'visibility' ? 'kind' : name
    expect(changeIn(settingNotice(name, examples[name]))).toEqual({ [shown]: examples[name] })
  })

  it('is changed with others at once, and then needs the rights of all', () => {
    expect(asks.Check({})).toBe(false)
    expect(asks.Check({ topic: 'tea', colour: 'red' })).toBe(false)
    expect(rightsFor({ topic: 'tea' })).toEqual(['topic'])
    expect(rightsFor({ topic: 'tea', revisions: 'nobody' })).toEqual(['topic', 'settings'])
  })

  it('is stored cleaned, or refused with its own code', () => {
    expect(cleanChange({ topic: '  tea  ', revisions: 'nobody' })).toEqual([
      ['topic', 'tea'],
      ['revisions', 'nobody'],
    ])
    expect(cleanChange({ topic: 'a\u202eb' })).toEqual({ code: 'bad_topic' })
  })

  it('is left out of a summary if an older version cached the room without it', () => {
    expect(shownIn({ topic: '' })).toEqual({ topic: '' })
    expect(shownIn({ topic: 'tea', revisions: 'everyone' })).toEqual({ topic: 'tea', revisions: 'everyone' })
  })
})

describe('a kind of room', () => {
  it.each(roomKindNames)('%s: what non-members cannot see, nobody joins by themselves', (kind) => {
    const { joinedBy, hasHeir, ownsName, madeBy } = kindOf(kind)
    if (isSeenByAll(kind)) return expect(openKinds).toContain(kind)
    expect({ joinedBy, ownsName }).toEqual({ joinedBy: 'nobody', ownsName: false })
    // Where somebody owns it, somebody always does.
    return expect(hasHeir).toBe(madeBy === 'name')
  })
})
