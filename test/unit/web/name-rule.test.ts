import { expect, it } from 'vitest'
import { judgeName, judgeRoomName, passwordRoom } from '../../../web/account/name-rule.ts'

it('a name is fine in any script, and counted as its limit counts it', () => {
  expect(judgeName('Ann')).toEqual({ is: 'fine', left: 29 })
  expect(judgeName('李思')).toEqual({ is: 'fine', left: 30 })
  expect(judgeName('u\u0308'.repeat(32)), 'composed').toEqual({ is: 'fine', left: 0 })
  expect(judgeName('x'.repeat(30))).toEqual({ is: 'fine', left: 2 })
  expect(judgeName('👩‍👩‍👧'.repeat(6))).toEqual({ is: 'fine', left: 2 })
})

it('too long, empty and invisible names are told apart', () => {
  expect(judgeName('   ')).toEqual({ is: 'empty', left: 32 })
  expect(judgeName(`  ${'x'.repeat(35)} `)).toEqual({ is: 'long', left: -3 })
  expect(judgeName('Ann\u202e')).toEqual({ is: 'hidden', left: 28 })
})

it('the # before a room name is not a part of it', () => {
  expect(judgeRoomName('#')).toEqual({ is: 'empty', left: 64 })
  expect(judgeRoomName(`#${'x'.repeat(64)}`)).toEqual({ is: 'fine', left: 0 })
})

it('a password is counted in characters, not in code units', () => {
  expect(passwordRoom('')).toEqual({ lacks: 8, left: 256 })
  expect(passwordRoom('🎉🎉🎉🎉').lacks).toBe(4)
  expect(passwordRoom('x'.repeat(257)).left).toBe(-1)
})
