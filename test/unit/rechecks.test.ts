// Those who are connected are asked for again: when something may have been missed, and once a minute.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closes } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Connection } from '../../server/socket/connection.ts'
import type { ConnectionRegistry } from '../../server/socket/connection-registry.ts'
import { Rechecks } from '../../server/socket/rechecks.ts'
import { connect } from '../support/fake-socket.ts'

let rechecks: Rechecks
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  void rechecks.close()
  vi.useRealTimers()
})

/** A process with one connection. `answers`: what MySQL says of its session, one after the other; an error: it is away. */
function process(...answers: (Promise<boolean> | Error | boolean)[]) {
  const { socket, connection } = connect()
  const corrected: string[] = []
  const errors: unknown[] = []
  let asked = 0
  rechecks = new Rechecks({
    connections: {
      [Symbol.iterator]: () => [connection as Connection].values(),
      correct: async (people: string[]) => void corrected.push(...people),
    } as unknown as ConnectionRegistry,
    sessions: {
      peopleOf: async () => {
        const answer = await answers[asked++]
        if (answer instanceof Error) throw answer
        return new Map(answer === false ? [] : [[connection.session, connection.user]])
      },
    },
    memberships: { roomIdsOf: async () => new Map() },
    onError: (error) => errors.push(error),
  })
  return { socket, connection, corrected, errors, asked: () => asked }
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * limits.rechecks.everyMs * 1.3)

test('once a minute, whoever’s session has ended without a word is closed', async () => {
  const { socket, asked } = process(true, false)
  await minutes(1)
  expect([asked(), socket.closed]).toEqual([1, undefined])
  await minutes(1)
  expect(socket.closed).toEqual(closes.signedOut)
})

test('when something may have been missed, at once; and nothing waits for it afterwards', async () => {
  const { connection, corrected } = process(true)
  expect(rechecks.settled).toBeUndefined()
  rechecks.doubt()
  await rechecks.settled
  expect(corrected).toEqual([connection.user.id])
  expect(rechecks.settled).toBeUndefined()
})

test('a doubt that comes while MySQL is being asked is settled by the next answer', async () => {
  let answer: (isOpen: boolean) => void = () => undefined
  const { asked } = process(new Promise((resolve) => (answer = resolve)), true)
  rechecks.doubt()
  rechecks.doubt()
  expect(asked()).toBe(1)
  answer(true)
  await vi.advanceTimersByTimeAsync(0)
  expect([asked(), rechecks.settled]).toEqual([2, undefined])
})

test('while MySQL is away it is asked again soon, and nobody is held up for long', async () => {
  const { errors, corrected, asked } = process(new Error('away'), new Promise(() => undefined))
  rechecks.doubt()
  await vi.advanceTimersByTimeAsync(0)
  expect(errors).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(limits.repeated.retryMs * 1.3)
  expect(asked()).toBe(2)
  let isHeldUp = true
  void rechecks.settled?.then(() => (isHeldUp = false))
  await vi.advanceTimersByTimeAsync(limits.rechecks.waitMs)
  expect([isHeldUp, corrected]).toEqual([false, []])
})
