// The rooms of a process, and the way in for what somebody says.
import { describe, expect, test } from 'vitest'
import type { Appended, Draft } from '../../server/log/entry.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Rooms } from '../../server/room/rooms.ts'
import type { Frame } from '../../server/room/frame.ts'
import { ann, message } from '../support/entries.ts'
import { turn } from '../support/turn.ts'

const ear = { hear: () => undefined }

function roomsWith({
  head = 10,
  answer = { seq: 11, at: 5_000 },
}: { head?: number; answer?: Appended | Refusal } = {}) {
  const drafts: Draft[] = []
  const rooms = new Rooms(
    async (draft) => {
      drafts.push(draft)
      return answer
    },
    (room) => (room === '7' ? head : 0),
  )
  return { drafts, rooms }
}
const words = (text: string, replyTo?: number) => ({
  ...{ room: '7', cid: newCid(), text },
  ...(replyTo === undefined ? {} : { replyTo }),
})

describe('saying', () => {
  test('makes a draft of it, stamped with who and where, and answers what the log said', async () => {
    const { drafts, rooms } = roomsWith()
    const said = words('hi', 10)
    expect(await rooms.say(ann, said)).toEqual({ seq: 11, at: 5_000 })
    expect(drafts).toEqual([
      { room: '7', user: ann, cid: said.cid, body: { type: 'message', text: 'hi', replyTo: 10 } },
    ])
  })

  test('without an answer to anything has no replyTo at all', async () => {
    const { drafts, rooms } = roomsWith()
    await rooms.say(ann, words('hi'))
    expect(drafts[0]?.body).toStrictEqual({ type: 'message', text: 'hi' })
  })

  test('hands on what the log refuses', async () => {
    const refusal: Refusal = { code: 'overloaded', retryAfterMs: 2_000 }
    expect(await roomsWith({ answer: refusal }).rooms.say(ann, words('hi'))).toEqual(refusal)
  })

  test.each([
    ['nothing but spaces', words(' \n\t '), 'empty_message'],
    ['too many bytes', words('长'.repeat(limits.messageBytes / 3 + 1)), 'message_too_long'],
    ['a NUL', words('a\0b'), 'bad_text'],
    ['half an emoji', words('a\ud83d'), 'bad_text'],
    ['an answer to what is not there yet', words('hi', 11), 'bad_reply'],
    ['an answer to number 0', words('hi', 0), 'bad_reply'],
    ['an answer in a room where nothing was said', { ...words('hi', 1), room: '8' }, 'bad_reply'],
  ])('%s is refused before the log is asked', async (_what, said, code) => {
    const { drafts, rooms } = roomsWith()
    expect(await rooms.say(ann, said)).toEqual({ code })
    expect(drafts).toEqual([])
  })

  test.each([1, 10])('an answer to number %i of 10 is taken', async (replyTo) => {
    expect(await roomsWith().rooms.say(ann, words('hi', replyTo))).toEqual({ seq: 11, at: 5_000 })
  })
})

describe('rooms', () => {
  test('are made when the first comes and are one for all', async () => {
    const { rooms } = roomsWith()
    expect(rooms.find('7')).toBeUndefined()
    const room = rooms.open('7')
    await room.register(ear)
    expect(rooms.open('7')).toBe(room)
    expect(rooms.find('7')).toBe(room)
    expect(rooms.count).toBe(1)
  })

  test('are dropped when the last has gone, and made anew for the next', async () => {
    const { rooms } = roomsWith()
    const room = rooms.open('7')
    await room.register(ear)
    await turn()
    expect(rooms.count).toBe(1)
    await room.unregister(ear)
    await turn()
    expect(rooms.find('7')).toBeUndefined()
    const again = rooms.open('7')
    expect(again).not.toBe(room)
    await again.register(ear)
    expect(rooms.count).toBe(1)
  })

  test('that were closed are gone', async () => {
    const { rooms } = roomsWith()
    await rooms.open('7').register(ear)
    rooms.close()
    expect(rooms.count).toBe(0)
  })
})

describe('telling', () => {
  test('gives each listener of a room one frame for all that was read at once', async () => {
    const { rooms } = roomsWith()
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
    const { rooms } = roomsWith()
    const seqs: number[] = []
    await rooms.open('7').register({ hear: ({ told }) => void seqs.push(...told.map(({ seq }) => seq)) })
    const read = Array.from({ length: 5_000 }, (_, i) => message(i + 1))
    await rooms.tell(read)
    await turn()
    expect(seqs).toEqual(read.map(({ seq }) => seq))
    rooms.close()
  })
})
