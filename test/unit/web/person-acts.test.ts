// What is offered beside a name: what the reader may do, and nothing else.
import { expect, it } from 'vitest'
import type { Role } from '../../../server/protocol/people.ts'
import { deedsFor, isAsked } from '../../../web/people/person-acts.ts'

const room = (role: Role | null, isDefault = false) => ({ kind: 'public' as const, role, isDefault })
const me = { id: '1', admin: false }
const person = (role: Role, id = '2') => ({ id, role })

it('an owner is offered every other role and the way out; a moderator only to remove members; a member nothing', () => {
  expect(deedsFor(room('owner'), me, person('member'))).toEqual(['owner', 'moderator', 'remove'])
  expect(deedsFor(room('owner'), me, person('owner'))).toEqual(['moderator', 'member', 'remove'])
  expect(deedsFor(room('moderator'), me, person('member'))).toEqual(['remove'])
  expect(deedsFor(room('moderator'), me, person('moderator'))).toEqual([])
  expect(deedsFor(room('member'), me, person('member'))).toEqual([])
  expect(deedsFor(room(null), { ...me, admin: true }, person('member'))).toEqual([])
})

it('oneself is not removed, but may step down; in the room of everybody nobody is removed', () => {
  expect(deedsFor(room('owner'), me, person('owner', '1'))).toEqual(['moderator', 'member'])
  expect(deedsFor(room('owner', true), me, person('member'))).toEqual(['owner', 'moderator'])
  expect(deedsFor(room('member', true), { ...me, admin: true }, person('member'))).toEqual([
    'owner',
    'moderator',
  ])
})

it('what one cannot undo is asked first', () => {
  expect((['owner', 'moderator', 'member', 'remove'] as const).map((deed) => isAsked(deed, false))).toEqual([
    ...[true, false, false, true],
  ])
  expect(isAsked('member', true)).toBe(true)
})
