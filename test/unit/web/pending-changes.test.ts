import { expect, it } from 'vitest'
import { PendingChanges } from '../../../web/wire/pending-changes.ts'

const began = () => {
  const changes = new PendingChanges<{ sound: string; days: number }>()
  changes.heard({ sound: 'drop', days: 7 })
  return changes
}

it('what the server says of an earlier change takes a later one not back', () => {
  const changes = began()
  const [days, sound] = [{ days: 6 }, { sound: 'wood' }]
  changes.begin(days)
  changes.begin(sound)
  expect(changes.shown).toEqual({ sound: 'wood', days: 6 })
  changes.heard({ sound: 'drop', days: 6 })
  expect(changes.shown).toEqual({ sound: 'wood', days: 6 })
  changes.end(days, { sound: 'drop', days: 6 })
  expect(changes.shown).toEqual({ sound: 'wood', days: 6 })
  changes.end(sound, { sound: 'wood', days: 6 })
  expect(changes.shown).toEqual({ sound: 'wood', days: 6 })
})

it('a change that is refused is taken back alone', () => {
  const changes = began()
  const [days, sound] = [{ days: 6 }, { sound: 'wood' }]
  changes.begin(days)
  changes.begin(sound)
  changes.end(days)
  expect(changes.shown).toEqual({ sound: 'wood', days: 7 })
})

it('an answer that comes after somebody else has signed in is nothing to them', () => {
  const changes = began()
  const sound = { sound: 'wood' }
  changes.begin(sound)
  expect(changes.wanted(sound)).toEqual({ sound: 'wood', days: 7 })
  changes.forget()
  changes.end(sound, { sound: 'wood', days: 7 })
  expect(changes.shown).toBeUndefined()
  changes.begin(sound)
  changes.forget()
  changes.heard({ sound: 'bell', days: 5 })
  expect(changes.wanted(sound), 'nor is it written under their name').toBeUndefined()
})
