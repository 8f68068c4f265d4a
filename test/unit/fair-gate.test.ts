// A gate lets in so many at once, and keys take turns.
import { expect, test } from 'vitest'
import { FairGate, type Leave } from '../../server/channel/fair-gate.ts'

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve()
}

/** Comers by name, `ann 1` with the key `ann`, and the order in which they came in. */
function gateOf(limits: { atOnce: number; ofOne: number; waiting: number }) {
  const gate = new FairGate(limits)
  const inside: string[] = []
  const leaves = new Map<string, Leave>()
  const comes = (name: string, signal?: AbortSignal): Promise<void> | undefined =>
    gate.enter(name.split(' ')[0] ?? '', signal)?.then((leave) => {
      inside.push(name)
      leaves.set(name, leave)
    })
  const goes = async (name: string): Promise<void> => {
    leaves.get(name)?.()
    await settle()
  }
  return { gate, inside, comes, goes }
}

test('whoever asks for much is let in no more often than whoever asks for one thing', async () => {
  const { inside, comes, goes } = gateOf({ atOnce: 1, ofOne: 1, waiting: 10 })
  for (const name of ['ann 1', 'ann 2', 'ann 3', 'bob 1', 'eve 1']) void comes(name)
  await settle()
  expect(inside).toEqual(['ann 1'])
  await goes('ann 1')
  await goes('bob 1')
  await goes('eve 1')
  await goes('ann 2')
  expect(inside).toEqual(['ann 1', 'bob 1', 'eve 1', 'ann 2', 'ann 3'])
})

test('of one key so many are inside, and of all together so many', async () => {
  const { inside, comes, goes } = gateOf({ atOnce: 3, ofOne: 2, waiting: 10 })
  for (const name of ['ann 1', 'ann 2', 'ann 3', 'bob 1', 'bob 2']) void comes(name)
  await settle()
  expect(inside).toEqual(['ann 1', 'ann 2', 'bob 1'])
  await goes('bob 1')
  expect(inside.slice(3)).toEqual(['bob 2'])
  // Twice is the same as once.
  await goes('bob 1')
  expect(inside.slice(4)).toEqual([])
  await goes('ann 2')
  expect(inside.slice(4)).toEqual(['ann 3'])
})

test('more of one key than may wait are turned away, and others are not', async () => {
  const { inside, comes, goes } = gateOf({ atOnce: 1, ofOne: 1, waiting: 2 })
  for (const name of ['ann 1', 'ann 2', 'ann 3']) expect(comes(name)).toBeDefined()
  expect(comes('ann 4')).toBeUndefined()
  expect(comes('bob 1')).toBeDefined()
  await settle()
  await goes('ann 1')
  await goes('bob 1')
  expect(comes('ann 5')).toBeDefined()
  await goes('ann 2')
  await goes('ann 3')
  expect(inside).toEqual(['ann 1', 'bob 1', 'ann 2', 'ann 3', 'ann 5'])
})

test('whoever gives up leaves the queue and takes no place', async () => {
  const { inside, comes, goes } = gateOf({ atOnce: 1, ofOne: 1, waiting: 1 })
  void comes('ann 1')
  const given = new AbortController()
  const gone = comes('bob 1', given.signal)
  void comes('eve 1')
  given.abort(new Error('closed the window'))
  await expect(gone).rejects.toThrow('closed the window')
  await goes('ann 1')
  await goes('eve 1')
  void comes('bob 2')
  await settle()
  expect(inside).toEqual(['ann 1', 'eve 1', 'bob 2'])
})
