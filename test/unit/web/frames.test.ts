import { describe, expect, it } from 'vitest'
import type { Request } from '../../../server/protocol/requests.ts'
import { limits } from '../../../server/protocol/limits.ts'
import { readFrame, writeFrames } from '../../../web/wire/frames.ts'

const read = (seq: number): Request => ({ type: 'read', room: '7', seq })

describe('a frame that is read', () => {
  it('contains its events in order', () => {
    const frame = '{"type":"gone","room":"1"}\n{"type":"gone","room":"2"}'
    expect(readFrame(frame)).toEqual([
      { type: 'gone', room: '1' },
      { type: 'gone', room: '2' },
    ])
  })

  it('ignores a line that is not an event, and keeps the others', () => {
    const frame = 'nonsense\n{"type":"gone","room":"1"}\n\n42\nnull\n{"kind":"x"}'
    expect(readFrame(frame)).toEqual([{ type: 'gone', room: '1' }])
  })
})

describe('frames that are written', () => {
  it('contain several requests, one per line', () => {
    expect(writeFrames([read(1), read(2)])).toEqual([
      `${JSON.stringify(read(1))}\n${JSON.stringify(read(2))}`,
    ])
  })

  it('contain no more requests than the server accepts at once', () => {
    const frames = writeFrames(Array.from({ length: limits.frameCommands + 1 }, (_, seq) => read(seq)))
    expect(frames.map((frame) => frame.split('\n').length)).toEqual([limits.frameCommands, 1])
  })

  it('contain no more bytes than the server accepts at once', () => {
    const send: Request = { type: 'send', room: '7', cid: 'c', text: '你'.repeat(5_000) }
    const frames = writeFrames(Array.from({ length: 9 }, () => send))
    expect(frames.length).toBeGreaterThan(1)
    for (const frame of frames)
      expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(limits.frameBytes)
    expect(frames.flatMap((frame) => frame.split('\n'))).toHaveLength(9)
  })

  it('are not created if nothing is sent', () => {
    expect(writeFrames([])).toEqual([])
  })
})
