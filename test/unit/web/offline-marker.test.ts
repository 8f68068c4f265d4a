// @vitest-environment happy-dom
// Whose copy may be shown when nobody can be asked.
import { beforeEach, expect, test } from 'vitest'
import { keepMarker, overMarker, removeMarker, whoWasHere } from '../../../web/offline/marker.ts'
import { ann as annIs } from './said.ts'

const ann = { ...annIs, guest: false, admin: false }
const day = 24 * 60 * 60_000
const now = Date.UTC(2026, 0, 1)

beforeEach(() => localStorage.clear())

test('it is shown for as many days as the workspace says, and not after them', () => {
  expect(whoWasHere(now)).toBeUndefined()
  keepMarker(ann, 30, now)
  expect(whoWasHere(now + 30 * day)).toEqual(ann)
  expect(whoWasHere(now + 30 * day + 1)).toBe('over')
})

test('a clock that is set back a year takes nothing away; one that is set on shows nothing', () => {
  keepMarker(ann, 30, now)
  expect(whoWasHere(now - 365 * day)).toEqual(ann)
  expect(whoWasHere(now + 365 * day)).toBe('over')
})

test('what is to be removed is not shown, also if removing it has failed', () => {
  keepMarker(ann, 30, now)
  expect(overMarker()).toBe(ann.id)
  expect(whoWasHere(now)).toBe('over')
  expect(overMarker()).toBe(ann.id)
  removeMarker()
  expect([whoWasHere(now), overMarker()]).toEqual([undefined, undefined])
})

test('the marker of whoever has come since is not removed', () => {
  keepMarker(ann, 30, now)
  overMarker()
  keepMarker({ ...ann, id: '2' }, 30, now)
  removeMarker()
  expect(whoWasHere(now)).toMatchObject({ id: '2' })
})

test('what somebody else has written there is nobody', () => {
  for (const text of ['nonsense', '1', '{"user":1}', 'null']) {
    localStorage.setItem('brook:copy', text)
    expect(whoWasHere(now)).toBeUndefined()
  }
})
