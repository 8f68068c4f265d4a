// A page that is older than the server: offered the new one, and reloaded once where it cannot go on.
import { expect, test } from 'vitest'
import { openVersion, type VersionDeps } from '../../../web/wire/version.ts'

const pageOf = (build: string): string => `<head><meta name="brook-build" content="${build}"></head>`

function page(deps: Partial<VersionDeps> = {}) {
  const kept = new Map<string, string>()
  const reloads: number[] = []
  const clock = { now: 1_700_000_000_000 }
  const open = () =>
    openVersion({
      own: 'old',
      askPage: async () => pageOf('new'),
      reload: () => reloads.push(clock.now),
      isBusy: () => false,
      storage: () => ({
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
      }),
      now: () => clock.now,
      ...deps,
    })
  return { open, reloads, clock }
}

test('a page of another build than the server’s is offered to reload, until they are the same again', () => {
  const version = page().open()
  const states = [undefined, 'old', 'new', undefined, 'old'].map((build) => {
    version.heard(build)
    return version.state.value
  })
  expect(states).toEqual(['current', 'current', 'old', 'old', 'current'])
  const unbuilt = page({ own: undefined }).open()
  unbuilt.heard('new')
  expect(unbuilt.state.value).toBe('current')
})

test('a part that is gone with the old build reloads the page once, and never in a loop', async () => {
  const { open, reloads, clock } = page()
  await open().partMissing()
  expect(reloads).toHaveLength(1)
  // Reloaded, and got the old page from another server.
  const again = open()
  await again.partMissing()
  expect(again.state.value).toBe('broken')
  expect(reloads).toHaveLength(1)
  clock.now += 11 * 60_000
  await open().partMissing()
  expect(reloads).toHaveLength(2)
})

test.each<[string, Partial<VersionDeps>]>([
  ['the server cannot be reached', { askPage: () => Promise.reject(new TypeError('offline')) }],
  ['there is no other build', { askPage: async () => pageOf('old') }],
  ['words would be lost', { isBusy: () => true }],
  [
    'it could not be remembered',
    {
      storage: () => {
        throw new DOMException('blocked')
      },
    },
  ],
])('it is said, and nothing reloads, where %s', async (_why, deps) => {
  const { open, reloads } = page(deps)
  const version = open()
  await version.partMissing()
  expect(version.state.value).toBe('broken')
  expect(reloads).toEqual([])
  version.heard('new')
  expect(version.state.value).toBe('broken')
})
