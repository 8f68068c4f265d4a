import { describe, expect, it } from 'vitest'
import type { Command } from '../../../server/protocol/commands.ts'
import { limits } from '../../../server/protocol/limits.ts'
import { readFrame, writeFrames } from '../../../web/wire/frames.ts'

const read = (seq: number): Command => ({ type: 'read', room: '7', seq })

describe('a frame that is read', () => {
  it('gives its events in order', () => {
    const frame = '{"type":"gone","room":"1"}\n{"type":"gone","room":"2"}'
    expect(readFrame(frame)).toEqual([
      { type: 'gone', room: '1' },
      { type: 'gone', room: '2' },
    ])
  })

  it('passes over a line that is no event, and keeps the others', () => {
    const frame = 'nonsense\n{"type":"gone","room":"1"}\n\n42\nnull\n{"kind":"x"}'
    expect(readFrame(frame)).toEqual([{ type: 'gone', room: '1' }])
  })
})

describe('frames that are written', () => {
  it('hold several commands, one a line', () => {
    expect(writeFrames([read(1), read(2)])).toEqual([
      `${JSON.stringify(read(1))}\n${JSON.stringify(read(2))}`,
    ])
  })

  it('hold no more commands than the server takes at once', () => {
    const frames = writeFrames(Array.from({ length: limits.frameCommands + 1 }, (_, seq) => read(seq)))
    expect(frames.map((frame) => frame.split('\n').length)).toEqual([limits.frameCommands, 1])
  })

  it('hold no more bytes than the server takes at once', () => {
    const send: Command = { type: 'send', room: '7', cid: 'c', text: '你'.repeat(5_000) }
    const frames = writeFrames(Array.from({ length: 9 }, () => send))
    expect(frames.length).toBeGreaterThan(1)
    for (const frame of frames)
      expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(limits.frameBytes)
    expect(frames.flatMap((frame) => frame.split('\n'))).toHaveLength(9)
  })

  it('are none when nothing is said', () => {
    expect(writeFrames([])).toEqual([])
  })
})
