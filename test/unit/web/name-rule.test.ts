import { expect, it } from 'vitest'
import { judgeName, judgeRoomName, passwordLeft } from '../../../web/account/name-rule.ts'

it('a name is fine in any script, and the remaining length is shown only near the end', () => {
  expect(judgeName('Ann')).toEqual({ is: 'fine', left: undefined })
  expect(judgeName('李思')).toEqual({ is: 'fine', left: undefined })
  expect(judgeName('x'.repeat(30))).toEqual({ is: 'fine', left: 2 })
  expect(judgeName('👩‍👩‍👧'.repeat(6))).toEqual({ is: 'fine', left: 2 })
})

it('too long, empty and invisible names are told apart', () => {
  expect(judgeName('   ')).toEqual({ is: 'empty' })
  expect(judgeName(`  ${'x'.repeat(35)} `)).toEqual({ is: 'long', by: 3 })
  expect(judgeName('Ann\u202e')).toEqual({ is: 'hidden' })
})

it('the # before a room name is not a part of it', () => {
  expect(judgeRoomName('#')).toEqual({ is: 'empty' })
  expect(judgeRoomName(`#${'x'.repeat(64)}`)).toEqual({ is: 'fine', left: 0 })
})

it('a password is counted in characters, not in code units', () => {
  expect(passwordLeft('')).toBe(8)
  expect(passwordLeft('🎉🎉🎉🎉')).toBe(4)
  expect(passwordLeft('long enough')).toBe(0)
})
