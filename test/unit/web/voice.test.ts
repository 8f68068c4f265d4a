// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { fileLimits } from '../../../server/protocol/file-limits.ts'
import { toBase64, waveformOf } from '../../../web/files/voice/waveform.ts'
import { withDuration } from '../../../web/files/voice/webm-duration.ts'

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
const hex = (all: Uint8Array) => Array.from(all, (byte) => byte.toString(16).padStart(2, '0')).join('')

// As browsers record: a header, a segment without an end, what writes it, and a cluster.
const header = '1a45dfa3' + '84' + '42868101'
const scale = '2ad7b1' + '83' + '0f4240'
const cluster = '1f43b675' + '01ffffffffffffff' + 'e78100'
const info = (size: string, children: string) => `1549a966${size}${children}`
const webm = (...children: string[]) => bytes(`${header}1853806701ffffffffffffff${children.join('')}`)
/** 1,500 ms, as a float of eight bytes. */
const duration = '4489' + '88' + '4097700000000000'

it('a recorded WebM tells how long it is, and nothing else of it changes', () => {
  const told = withDuration(webm(info('87', scale), cluster), 1_500)
  expect(hex(told)).toBe(hex(webm(info('92', scale + duration), cluster)))
  // Told once.
  expect(withDuration(told, 9_000)).toBe(told)
  const inEight = withDuration(webm(info('0100000000000007', scale), cluster), 1_500)
  expect(hex(inEight)).toBe(hex(webm(info('0100000000000012', scale + duration), cluster)))
})

it('its own unit of time counts', () => {
  const tenth = '2ad7b1' + '83' + '0186a0'
  const told = withDuration(webm(info('87', tenth), cluster), 150)
  expect(hex(told)).toBe(hex(webm(info('92', tenth + duration), cluster)))
})

it('what is no such WebM stays as it is, whatever its bytes are', () => {
  const whole = bytes(`${header}18538067` + '93' + info('87', scale) + '1f43b675' + '83' + 'e78100')
  for (const other of [
    whole,
    bytes(''),
    bytes('00'),
    bytes('1a45dfa3ff'),
    bytes('ff'.repeat(64)),
    webm(cluster),
  ])
    expect(withDuration(other, 1_000)).toBe(other)
  for (let end = 0; end < 40; end += 1) {
    const cut = webm(info('87', scale), cluster).subarray(0, end)
    expect(withDuration(cut, 1_000).length - cut.length).toBe(end < 33 ? 0 : 11)
  }
})

it('a waveform has 64 bytes: the loudest moment is the highest, and silence is flat', () => {
  const wave = waveformOf(Array.from({ length: 640 }, (_, at) => (at === 325 ? 0.5 : at < 320 ? 0.125 : 0)))
  expect(wave).toHaveLength(64)
  expect([wave[0], wave[31], wave[32], wave[33], wave[63]]).toEqual([128, 128, 255, 0, 0])
  expect([...waveformOf([])]).toEqual(Array(64).fill(0))
  // The noise of a silent room.
  expect(Math.max(...waveformOf(Array(500).fill(0.002)))).toBeLessThan(64)
  expect(waveformOf([0.2, 0.4])).toHaveLength(64)
})

it('and is what a message holds of it', () => {
  const wave = waveformOf(Array.from({ length: 64 }, (_, at) => at / 63))
  expect([...Buffer.from(toBase64(wave), 'base64')]).toEqual([...wave])
  expect(toBase64(wave)).toHaveLength(fileLimits.waveformChars)
})
