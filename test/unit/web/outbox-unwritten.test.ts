// What a page could not write before it went: the next page has it, and so has the one after that, until it is on the disk or sent.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgetUnwritten, writeUnwritten } from '../../../web/wire/outbox-unwritten.ts'
import type { Outgoing } from '../../../web/wire/outgoing.ts'

const key = 'brook:unwritten'
const kept = new Map<string, string>()

beforeEach(() => {
  kept.set(key, JSON.stringify([{ cid: 'a' }, { cid: 'b' }]))
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  kept.clear()
})

async function written(lasts: boolean): Promise<string[]> {
  const cids: string[] = []
  const put = (item: Outgoing): Promise<void> => Promise.resolve(void cids.push(item.cid))
  await writeUnwritten(put, lasts)
  return cids
}

test('a page whose disk does not open leaves it to the next one', async () => {
  expect(await written(false)).toEqual(['a', 'b'])
  expect(await written(true)).toEqual(['a', 'b'])
  expect(await written(true)).toEqual([])
})

test('what such a page has sent is not written by the next one', async () => {
  await written(false)
  forgetUnwritten('a')
  expect(await written(true)).toEqual(['b'])
})
