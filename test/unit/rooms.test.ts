// The rooms of a process.
import { describe, expect, test } from 'vitest'
import { Rooms } from '../../server/room/rooms.ts'
import type { Frame } from '../../server/room/frame.ts'
import { message } from '../support/entries.ts'
import { turn } from '../support/turn.ts'

const listener = { hear: () => undefined }

describe('rooms', () => {
  test('are created for the first listener and are one for all', async () => {
    const rooms = new Rooms()
    expect(rooms.find('7')).toBeUndefined()
    const room = rooms.open('7')
    await room.register(listener)
    expect(rooms.open('7')).toBe(room)
    expect(rooms.find('7')).toBe(room)
    expect(rooms.count).toBe(1)
  })

  test('are dropped after the last, and created again for the next', async () => {
    const rooms = new Rooms()
    const room = rooms.open('7')
    await room.register(listener)
    await turn()
    expect(rooms.count).toBe(1)
    await room.unregister(listener)
    await turn()
    expect(rooms.find('7')).toBeUndefined()
    const again = rooms.open('7')
    expect(again).not.toBe(room)
    await again.register(listener)
    expect(rooms.count).toBe(1)
  })

  test('that were closed are gone', async () => {
    const rooms = new Rooms()
    await rooms.open('7').register(listener)
    rooms.close()
    expect(rooms.count).toBe(0)
  })
})

describe('sending', () => {
  test('gives each listener of a room one frame for all that was read at once', async () => {
    const rooms = new Rooms()
    const frames: Frame[] = []
    const others: Frame[] = []
    await rooms.open('7').register({ hear: (frame) => void frames.push(frame) })
    await rooms.open('8').register({ hear: (frame) => void others.push(frame) })
    const read = Array.from({ length: 200 }, (_, i) => message(i + 1, { room: i % 2 === 0 ? '7' : '8' }))
    await rooms.tell(read)
    await turn()
    expect(frames.map(({ told }) => told.length)).toEqual([100])
    expect(others.map(({ told }) => told.length)).toEqual([100])
    rooms.close()
  })

  test('waits for a room whose channel is full, and loses nothing', async () => {
    const rooms = new Rooms()
    const seqs: number[] = []
    await rooms.open('7').register({ hear: ({ told }) => void seqs.push(...told.map(({ seq }) => seq)) })
    const read = Array.from({ length: 5_000 }, (_, i) => message(i + 1))
    await rooms.tell(read)
    await turn()
    expect(seqs).toEqual(read.map(({ seq }) => seq))
    rooms.close()
  })
})
