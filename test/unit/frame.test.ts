// One turn of a room as text.
import { describe, expect, test } from 'vitest'
import { Frame } from '../../server/room/frame.ts'

const told = (...seqs: number[]) => seqs.map((seq) => ({ seq, json: `{"n":${seq}}` }))
const text = (frame: Frame | undefined): string | undefined => frame?.bytes.toString()

describe('a frame', () => {
  test('is its events in order, with a newline between and none at the end', () => {
    expect(text(new Frame('7', told(4, 0, 5)))).toBe('{"n":4}\n{"n":0}\n{"n":5}')
  })

  test('makes its bytes once', () => {
    const frame = new Frame('7', [{ seq: 1, json: '"你好 👋🏽"' }])
    expect(frame.bytes).toBe(frame.bytes)
    expect(frame.bytes.byteLength).toBe(Buffer.byteLength('"你好 👋🏽"'))
  })

  test('knows its highest number; unnumbered events have none', () => {
    expect(new Frame('7', told(4, 5, 0)).last).toBe(5)
    expect(new Frame('7', told(0, 0)).last).toBe(0)
    expect(new Frame('7', []).last).toBe(0)
  })

  test('after a number is itself if nothing is left out, so its bytes stay shared', () => {
    const frame = new Frame('7', told(4, 0, 5))
    expect(frame.after(3)).toBe(frame)
    expect(frame.after(0)).toBe(frame)
  })

  test('after a number leaves out what is numbered up to it, and keeps unnumbered events', () => {
    const frame = new Frame('7', told(4, 0, 5))
    expect(text(frame.after(4))).toBe('{"n":0}\n{"n":5}')
    expect(frame.after(4)?.room).toBe('7')
    expect(text(frame.after(5))).toBe('{"n":0}')
  })

  test('after all its numbers is nothing', () => {
    expect(new Frame('7', told(4, 5)).after(5)).toBeUndefined()
    expect(new Frame('7', told(4, 5)).after(9)).toBeUndefined()
  })
})
