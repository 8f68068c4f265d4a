import { expect, it } from 'vitest'
import { matching } from '../../../web/rooms/matching.ts'

const rooms = ['my-team', 'Team', '产品讨论', 'lunch'].map((name) => ({ name }))
const found = (filter: string) => matching(rooms, filter).map(({ name }) => name)

it('an empty filter finds every room', () => {
  expect(found(' ')).toEqual(['my-team', 'Team', '产品讨论', 'lunch'])
})

it('rooms that begin with the filter come before those that contain it, without regard to case or a #', () => {
  expect(found('#team')).toEqual(['Team', 'my-team'])
  expect(found('ＴＥＡＭ')).toEqual(['Team', 'my-team'])
  expect(found('讨论')).toEqual(['产品讨论'])
  expect(found('none of them')).toEqual([])
})
