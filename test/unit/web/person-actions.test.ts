// The actions offered beside a name: what the reader may do, and nothing else.
import { expect, it } from 'vitest'
import type { Role } from '../../../server/protocol/people.ts'
import { actionsFor, isAsked } from '../../../web/people/person-actions.ts'

const room = (role: Role | null, isDefault = false) => ({ kind: 'public' as const, role, isDefault })
const me = { id: '1', admin: false }
const person = (role: Role, id = '2') => ({ id, role })

it('an owner is offered every other role and the removal; a moderator only the removal of members; a member nothing', () => {
  expect(actionsFor(room('owner'), me, person('member'))).toEqual(['owner', 'moderator', 'remove'])
  expect(actionsFor(room('owner'), me, person('owner'))).toEqual(['moderator', 'member', 'remove'])
  expect(actionsFor(room('moderator'), me, person('member'))).toEqual(['remove'])
  expect(actionsFor(room('moderator'), me, person('moderator'))).toEqual([])
  expect(actionsFor(room('member'), me, person('member'))).toEqual([])
  expect(actionsFor(room(null), { ...me, admin: true }, person('member'))).toEqual([])
})

it('people cannot remove themselves, but may step down; nobody is removed from the default room', () => {
  expect(actionsFor(room('owner'), me, person('owner', '1'))).toEqual(['moderator', 'member'])
  expect(actionsFor(room('owner', true), me, person('member'))).toEqual(['owner', 'moderator'])
  expect(actionsFor(room('member', true), { ...me, admin: true }, person('member'))).toEqual([
    'owner',
    'moderator',
  ])
})

it('what cannot be undone is confirmed first', () => {
  expect(
    (['owner', 'moderator', 'member', 'remove'] as const).map((action) => isAsked(action, false)),
  ).toEqual([true, false, false, true])
  expect(isAsked('member', true)).toBe(true)
})
