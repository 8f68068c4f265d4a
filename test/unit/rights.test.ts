// The table of rights: as documented, and as decided.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type { Role } from '../../server/protocol/people.ts'
import { may, mayNameAll, mayRemove, rights, type Right } from '../../server/protocol/rights.ts'

const roles: readonly Role[] = ['owner', 'moderator', 'member']
const stands = (role: Role | null, kind: 'public' | 'private' = 'public', admin = false) => ({
  role,
  kind,
  admin,
  isDefault: false,
})

/** The lines of docs/rights.md about each right, and in which kind of room. */
const lines: [string, Right, ('public' | 'private')[]][] = [
  ['set the topic', 'topic', ['public', 'private']],
  ['add somebody to a public room', 'bringIn', ['public']],
  ['add somebody to a private room', 'bringIn', ['private']],
  ['pin and unpin in a private room', 'pin', ['private']],
  ['pin and unpin in a public room', 'pin', ['public']],
  ["delete other people's messages", 'deleteOthers', ['public', 'private']],
  ['remove members', 'remove', ['public', 'private']],
  ['change roles', 'roles', ['public', 'private']],
  ["the room's settings, its webhooks", 'settings', ['public', 'private']],
  ["the room's settings, its webhooks", 'integrate', ['public', 'private']],
  ['delete the room', 'deleteRoom', ['public', 'private']],
]

describe('the table of rights', () => {
  const page = readFileSync(new URL('../../docs/rights.md', import.meta.url), 'utf8')
  it.each(lines)('is documented as decided: "%s"', (line, right, kinds) => {
    const row = page.split('\n').find((text) => text.startsWith(`| ${line} |`))
    const said = row?.split('|').slice(2, 5)
    for (const kind of kinds)
      expect(roles.map((role) => may(right, stands(role, kind)))).toEqual(
        said?.map((cell) => cell.trim() === 'yes'),
      )
  })

  it('has a line for every right', () => {
    const named = new Set(lines.map(([, right]) => right))
    expect(Object.keys(rights).filter((right) => !named.has(right as Right))).toEqual(['nameAll'])
  })
})

it('a person who is not in a room may do nothing in it, even as an administrator', () => {
  for (const right of Object.keys(rights) as Right[])
    for (const admin of [false, true]) expect(may(right, stands(null, 'public', admin))).toBe(false)
})

it('an administrator counts as an owner in the rooms they are in', () => {
  for (const right of Object.keys(rights) as Right[])
    expect(may(right, stands('member', 'public', true))).toBe(true)
  expect(mayRemove(stands('member', 'public', true), 'owner')).toBe(true)
})

it('moderators remove members, owners anybody, and nobody is removed from the default room', () => {
  const removable = (role: Role) => roles.filter((other) => mayRemove(stands(role), other))
  expect(removable('owner')).toEqual(['owner', 'moderator', 'member'])
  expect(removable('moderator')).toEqual(['member'])
  expect(removable('member')).toEqual([])
  expect(mayRemove({ ...stands('owner'), isDefault: true }, 'member')).toBe(false)
})

it('everybody is mentioned by moderators and owners, in a small private room by all, and never too many', () => {
  expect(roles.map((role) => mayNameAll(stands(role), 500))).toEqual([true, true, false])
  expect(mayNameAll(stands('member', 'private'), limits.mentions.smallRoom)).toBe(true)
  expect(mayNameAll(stands('member', 'private'), limits.mentions.smallRoom + 1)).toBe(false)
  expect(mayNameAll(stands('owner'), limits.mentions.everybody + 1)).toBe(false)
})
