// Catching up with a room: what memory covers is sent, more than that is a gap.
import { beforeEach, describe, expect, test } from 'vitest'
import { Tail } from '../../server/log/tail.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Frame } from '../../server/room/frame.ts'
import { catchUp, type Budget } from '../../server/socket/catch-up.ts'
import { message } from '../support/entries.ts'
import { connect } from '../support/fake-socket.ts'
import { turn } from '../support/turn.ts'

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
const tailOf = (from: number, to: number, text?: string): Tail => {
  const tail = new Tail({ ms: 0, n: 0 }, new Map([['7', { seq: from - 1, at: null }]]))
  tail.take(numbers(from, to).map((seq) => message(seq, text === undefined ? {} : { text })))
  return tail
}
const live = (...seqs: number[]): Frame =>
  new Frame(
    '7',
    seqs.map((seq) => ({ seq, json: JSON.stringify(message(seq).event) })),
  )

let budget: Budget
beforeEach(() => {
  budget = { bytes: limits.catchUpBytes }
})

describe('catching up', () => {
  test('sends what was missed in one frame, then what was held without repeating any of it', async () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(live(9, 10))
    catchUp(connection, '7', 5, tailOf(1, 10), budget)
    connection.hear(live(11))
    await turn()
    expect(socket.numbers()).toEqual(numbers(6, 11))
    expect(socket.frames).toHaveLength(2)
  })

  test('sends nothing to a client that has everything, and releases the room', async () => {
    const { socket, connection } = connect()
    connection.hold('7')
    catchUp(connection, '7', 10, tailOf(1, 10), budget)
    await turn()
    expect(socket.frames).toEqual([])
    expect(connection.isHeld('7')).toBe(false)
  })

  test('with an empty room sends nothing', async () => {
    const { socket, connection } = connect()
    connection.hold('7')
    catchUp(connection, '7', 0, new Tail({ ms: 0, n: 0 }, new Map()), budget)
    connection.hear(live(1))
    await turn()
    expect(socket.numbers()).toEqual([1])
  })

  test('from a number that this process has not read yet does not repeat it', async () => {
    const { socket, connection } = connect()
    connection.hold('7')
    catchUp(connection, '7', 12, tailOf(1, 10), budget)
    connection.hear(live(11, 12))
    connection.hear(live(13))
    await turn()
    expect(socket.numbers()).toEqual([13])
  })
})

describe('a gap, to be paged,', () => {
  const comesBack = async (cursor: number, tail: Tail) => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(live(tail.head('7')))
    catchUp(connection, '7', cursor, tail, budget)
    connection.hear(live(tail.head('7') + 1))
    await turn()
    return socket
  }

  test('is sent from the number after the cursor to the head if memory does not reach back', async () => {
    const socket = await comesBack(3, tailOf(5, 10))
    expect(socket.heard[0]).toEqual({ type: 'gap', room: '7', from: 4, to: 10 })
    expect(socket.numbers(), 'what comes after the gap is heard').toEqual([11])
  })

  test('is not sent if memory reaches back to the very next number', async () => {
    expect((await comesBack(4, tailOf(5, 10))).numbers()).toEqual(numbers(5, 11))
  })

  test('is sent instead of too many entries', async () => {
    const max = limits.catchUpEntries
    expect((await comesBack(1, tailOf(1, max + 1))).numbers()).toEqual(numbers(2, max + 2))
    expect((await comesBack(0, tailOf(1, max + 1))).heard[0]).toEqual({
      type: 'gap',
      room: '7',
      from: 1,
      to: max + 1,
    })
  })

  test('is sent instead of too many bytes for one resume, over all its rooms', async () => {
    const tail = tailOf(1, 20, '长'.repeat(limits.messageBytes / 3))
    const fits = Math.floor(
      limits.catchUpBytes / Buffer.byteLength(JSON.stringify(tail.since('7', 19)?.[0]?.event)),
    )
    expect(fits, 'the set-up: one room fits, two do not').toBeGreaterThanOrEqual(20)
    expect((await comesBack(0, tail)).numbers()).toEqual(numbers(1, 21))
    const left = budget.bytes
    expect((await comesBack(0, tail)).heard[0]).toEqual({ type: 'gap', room: '7', from: 1, to: 20 })
    expect(budget.bytes, 'a gap costs nothing').toBe(left)
  })

  test('counts bytes, not characters', async () => {
    const one = tailOf(1, 1, '长'.repeat(100))
    const bytes = Buffer.byteLength(JSON.stringify(one.since('7', 0)?.[0]?.event))
    budget.bytes = bytes - 1
    expect((await comesBack(0, one)).heard[0]).toMatchObject({ type: 'gap' })
    budget.bytes = bytes
    expect((await comesBack(0, one)).numbers()).toEqual([1, 2])
    expect(budget.bytes).toBe(0)
  })
})
