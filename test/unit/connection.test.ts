// The outgoing queue of one browser: what is held, what is skipped, and who is too slow.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closes } from '../../server/protocol/errors.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Frame } from '../../server/room/frame.ts'
import { message } from '../support/entries.ts'
import { connect } from '../support/fake-socket.ts'
import { turn } from '../support/turn.ts'

const frame = (...seqs: number[]): Frame =>
  new Frame(
    '7',
    seqs.map((seq) => ({ seq, json: JSON.stringify(message(seq).event) })),
  )
const line = (seq: number): string => JSON.stringify(message(seq).event)
const typing: ServerEvent = { type: 'typing', room: '7', user: { id: '2', name: 'Bob' } }
const passing = new Frame('7', [{ seq: 0, json: JSON.stringify(typing) }])
const kib = 1_024
/** A frame of this many bytes. */
const heavy = (bytes: number, room = '7'): Frame =>
  new Frame(room, [{ seq: 0, json: JSON.stringify('x'.repeat(bytes - 2)) }])

describe('a connection receives', () => {
  test('each frame of a room as it is, without copying it', () => {
    const { socket, connection, counted } = connect()
    const said = frame(1, 2)
    connection.hear(said)
    expect(socket.frames).toEqual([said.bytes])
    expect(socket.frames[0]).toBe(said.bytes)
    expect(counted.frames).toEqual([said.bytes.byteLength])
  })

  test('events of its own in one frame per turn, in order', async () => {
    const { socket, connection } = connect()
    connection.tell({ type: 'gone', room: '7' })
    connection.tellLines([line(1), line(2)])
    connection.tellLines([])
    expect(socket.frames, 'nothing before the turn ends').toEqual([])
    await turn()
    connection.tell({ type: 'gone', room: '8' })
    await turn()
    expect(socket.texts).toEqual([
      ['{"type":"gone","room":"7"}', line(1), line(2)].join('\n'),
      '{"type":"gone","room":"8"}',
    ])
  })
})

describe('a held room', () => {
  test('is silent until its release, then sends what was missed, in order', async () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(frame(3))
    connection.hear(frame(4, 5))
    await turn()
    expect(socket.frames).toEqual([])
    expect(connection.isHeld('7')).toBe(true)
    connection.tellLines([line(1), line(2)])
    connection.release('7', 2)
    await turn()
    expect(socket.numbers()).toEqual([1, 2, 3, 4, 5])
    expect(socket.frames).toHaveLength(3)
    expect(connection.isHeld('7')).toBe(false)
  })

  test('does not repeat what was sent as missed', () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(frame(1, 2))
    connection.hear(frame(3, 4))
    connection.tellLines([line(1), line(2), line(3)])
    connection.release('7', 3)
    expect(socket.numbers()).toEqual([1, 2, 3, 4])
  })

  test('skips frames that are still on their way after the release, until its numbers are past', () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.tellLines([line(1), line(2), line(3)])
    connection.release('7', 3)
    connection.hear(frame(2))
    connection.hear(frame(3, 4))
    connection.hear(frame(5))
    expect(socket.numbers()).toEqual([1, 2, 3, 4, 5])
  })

  test('passes unnumbered events that came with numbers already sent', () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(passing)
    connection.release('7', 3)
    connection.hear(frame(3))
    connection.hear(passing)
    expect(socket.heard).toEqual([typing, typing])
  })

  test('does not hold back another room', () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(new Frame('8', [{ seq: 1, json: '{"room":"8"}' }]))
    expect(socket.texts).toEqual(['{"room":"8"}'])
  })

  test('that is held twice keeps what it had', () => {
    const { socket, connection } = connect()
    connection.hold('7')
    connection.hear(frame(1))
    connection.hold('7')
    connection.release('7', 0)
    expect(socket.numbers()).toEqual([1])
  })

  test('that is left drops what it held, and no longer counts as queued', () => {
    const { socket, connection } = connect()
    for (let i = 0; i < 4; i += 1) {
      connection.hold('7')
      connection.hear(heavy(limits.socketQueueBytes / 2))
      connection.drop('7')
    }
    expect(socket.closed).toBeUndefined()
    connection.release('7', 0)
    expect(socket.frames).toEqual([])
  })

  test('no longer counts as queued once it is released', () => {
    const { socket, connection } = connect()
    for (let i = 0; i < 4; i += 1) {
      connection.hold('7')
      connection.hear(heavy(limits.socketQueueBytes / 2))
      connection.release('7', 0)
    }
    expect(socket.closed).toBeUndefined()
    expect(socket.frames).toHaveLength(4)
  })
})

describe('a reader that is too slow', () => {
  test('is closed with "come back" once more than 1 MiB waits for it, and counted once', () => {
    const { socket, connection, counted } = connect()
    socket.bufferedAmount = limits.socketQueueBytes
    connection.hear(frame(1))
    expect(socket.closed, '1 MiB is not yet too much').toBeUndefined()
    socket.bufferedAmount += 1
    connection.hear(frame(2))
    connection.hear(frame(3))
    expect(socket.closed).toEqual(closes.tooSlow)
    expect(closes.tooSlow.code).toBe(4001)
    expect(counted.tooSlow).toBe(1)
    expect(socket.numbers(), 'nothing follows what it did not get').toEqual([1])
  })

  test('is closed as well when what is held for it grows over 1 MiB, over all its rooms', () => {
    const { socket, connection, counted } = connect()
    connection.hold('7')
    connection.hold('8')
    connection.hear(heavy(512 * kib, '7'))
    connection.hear(heavy(512 * kib, '8'))
    expect(socket.closed).toBeUndefined()
    connection.hear(heavy(3, '7'))
    expect(socket.closed).toEqual(closes.tooSlow)
    expect(counted.tooSlow).toBe(1)
    connection.release('7', 0)
    expect(socket.frames).toEqual([])
  })
})

describe('requests that wait for the log', () => {
  test('stop the reading when there are too many, and resume it when one is done', () => {
    const { socket, connection } = connect()
    for (let i = 1; i < limits.commandsUnderWay; i += 1) connection.begin()
    expect(socket.isPaused).toBe(false)
    connection.begin()
    expect(socket.isPaused).toBe(true)
    connection.begin()
    connection.done()
    expect(socket.isPaused, 'still as many as may wait').toBe(true)
    connection.done()
    expect(socket.isPaused).toBe(false)
    expect(connection.underWay).toBe(limits.commandsUnderWay - 1)
  })
})

describe('a server that stops', () => {
  test('closes idle connections at once', () => {
    const { socket, connection } = connect()
    connection.moveAway()
    expect(socket.closed).toEqual(closes.moving)
  })

  test('lets requests in progress be answered first, and reads nothing new meanwhile', async () => {
    const { socket, connection } = connect()
    connection.begin()
    connection.begin()
    connection.moveAway()
    connection.done()
    expect([socket.isPaused, socket.closed]).toEqual([true, undefined])
    connection.tell({ type: 'ack', room: '7', cid: message(1).cid, seq: 1, at: 1 })
    connection.done()
    expect(socket.closed).toEqual(closes.moving)
    expect(socket.heard, 'the answer goes before the close').toMatchObject([{ type: 'ack' }])
    expect(socket.isPaused, 'the goodbye must be read').toBe(false)
  })
})

describe('the end of a connection', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('a browser that does not answer a close is cut off after a while', () => {
    const { socket, connection } = connect()
    connection.close(closes.moving)
    vi.advanceTimersByTime(4_999)
    expect(socket.isTerminated).toBe(false)
    vi.advanceTimersByTime(1)
    expect(socket.isTerminated).toBe(true)
  })

  test('the first close counts: earlier events are sent before it, and nothing after it', () => {
    const { socket, connection } = connect()
    connection.tell({ type: 'gone', room: '7' })
    connection.close(closes.signedOut)
    connection.close(closes.tooSlow)
    connection.hear(frame(1))
    vi.runAllTicks()
    expect(socket.closed).toEqual(closes.signedOut)
    expect(socket.frames.map(String)).toEqual([JSON.stringify({ type: 'gone', room: '7' })])
  })

  test('nothing is written to a socket that has closed by itself', () => {
    const { socket, connection, counted } = connect()
    socket.readyState = 3
    connection.hear(frame(1))
    expect(socket.frames).toEqual([])
    expect(counted).toEqual({ frames: [], tooSlow: 0 })
  })

  test('a browser that answered the last ping is pinged again; one that did not is cut off', () => {
    const { socket, connection } = connect()
    connection.ping()
    connection.isAlive = true
    connection.ping()
    expect([socket.pings, socket.isTerminated]).toEqual([2, false])
    connection.ping()
    expect([socket.pings, socket.isTerminated]).toEqual([2, true])
  })
})

test('a connection knows its person without their private fields', () => {
  const { connection } = connect({ id: '1', name: 'Ann', guest: true, admin: false }, 's9')
  expect(connection.person).toStrictEqual({ id: '1', name: 'Ann' })
  expect(connection.session).toBe('s9')
})
