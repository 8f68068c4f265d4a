// The actions offered beside a name: what the reader may do, and nothing else.
import { expect, it } from 'vitest'
import type { Role } from '../../../server/protocol/people.ts'
import { actionsFor, isAsked } from '../../../web/people/person-actions.ts'

const room = (role: Role | null, isDefault = false) => ({ kind: 'public' as const, role, isDefault })
const me = { id: '1', admin: false }
const person = (role: Role, id = '2') => ({ id, role })

it('an owner is offered every other role, the removal and the ban; a moderator only these two for members; a member nothing', () => {
  expect(actionsFor(room('owner'), me, person('member'))).toEqual([
    'owner',
    'moderator',
    'handOver',
    'remove',
    'ban',
  ])
  expect(actionsFor(room('owner'), me, person('owner'))).toEqual(['moderator', 'member', 'remove', 'ban'])
  expect(actionsFor(room('moderator'), me, person('member'))).toEqual(['remove', 'ban'])
  expect(actionsFor(room('moderator'), me, person('moderator'))).toEqual([])
  expect(actionsFor(room('member'), me, person('member'))).toEqual([])
  expect(actionsFor(room(null), { ...me, admin: true }, person('member'))).toEqual([])
})

it('people cannot remove themselves, but may step down; nobody is removed from the default room, but one may be banned', () => {
  expect(actionsFor(room('owner'), me, person('owner', '1'))).toEqual(['moderator', 'member'])
  expect(actionsFor(room('owner', true), me, person('member'))).toEqual([
    'owner',
    'moderator',
    'handOver',
    'ban',
  ])
  expect(actionsFor(room('member', true), { ...me, admin: true }, person('member'))).toEqual([
    'owner',
    'moderator',
    'ban',
  ])
})

it('only an owner gives the room away, and never to another owner or a program', () => {
  const admin = { ...me, admin: true }
  expect(actionsFor(room('member'), admin, person('member'))).not.toContain('handOver')
  expect(actionsFor(room('owner'), me, person('owner'))).not.toContain('handOver')
  expect(actionsFor(room('owner'), me, { ...person('member'), bot: true })).not.toContain('handOver')
})

it('what cannot be undone is confirmed first', () => {
  expect(
    (['owner', 'moderator', 'member', 'remove', 'ban'] as const).map((action) => isAsked(action, false)),
  ).toEqual([true, false, false, true, true])
  expect(isAsked('member', true)).toBe(true)
})
