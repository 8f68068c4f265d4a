// The processes that read pictures: fair, bounded, and gone when they take too long or have nothing to do.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PictureProcess } from '../../server/pictures/picture-process.ts'
import { openPictures } from '../../server/pictures/pictures.ts'
import type { Failure } from '../../server/pictures/tasks.ts'
import { pictureLimits } from '../../server/protocol/picture-limits.ts'

let folder: string
const failures: Failure[] = []
const pictures = openPictures({ onTask: () => undefined, onFailure: (why) => failures.push(why) })
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-pictures-'))
})
afterEach(() => void failures.splice(0))
afterAll(async () => {
  pictures.close()
  await rm(folder, { recursive: true })
})

const plain = (width: number, height: number, more = {}) =>
  sharp({
    create: { width, height, channels: 3, background: 'teal' },
    limitInputPixels: false,
    ...more,
  } as never)

async function looked(bytes: Buffer | string) {
  const file = path.join(folder, 'file')
  await writeFile(file, bytes)
  return pictures.look('ann', { path: file, size: Buffer.byteLength(bytes) })
}

describe('what a file is, is told by its content', () => {
  test.each([
    ['plain words', 'hello\n', 'text/plain', 'text'],
    ['Chinese in UTF-8', '你好，世界', 'text/plain', 'text'],
    ['Chinese in GBK', Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0x0a]), 'text/plain; charset=gb18030', 'text'],
    ['UTF-16 of Windows', Buffer.from('\ufeffhello', 'utf16le'), 'text/plain; charset=utf-16le', 'text'],
    ['colours of a terminal', '\u001b[31mred\u001b[0m', 'text/plain', 'text'],
    ['a page', '<!doctype html><script>1</script>', 'text/plain', 'text'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'text/plain', 'text'],
    ['XML', '<?xml version="1.0"?><a/>', 'text/plain', 'text'],
    [
      'a character that is cut at the end',
      Buffer.from([0x68, 0xe4, 0xbd]),
      'text/plain; charset=gb18030',
      'text',
    ],
    ['other bytes', Buffer.from([1, 2, 3, 0, 5]), 'application/octet-stream', 'other'],
    ['a PDF', '%PDF-1.7\n', 'application/pdf', 'pdf'],
    ['an archive', Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1'), 'application/zip', 'other'],
  ])('%s', async (_what, bytes, type, kind) => {
    expect(await looked(bytes)).toEqual({ done: { type, kind } })
  })

  test('a picture, upright, with what it looks like before it is there', async () => {
    const photo = await plain(600, 400).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { done } = (await looked(photo)) as { done: { patches?: unknown[] } }
    expect(done).toMatchObject({ type: 'image/jpeg', kind: 'image', width: 400, height: 600 })
    expect(done).toHaveProperty('thumb', expect.stringMatching(/^[A-Za-z0-9+/]{28,40}={0,2}$/))
    expect(done.patches?.length).toBeGreaterThan(0)
  })

  test('what moves', async () => {
    const frames = plain(40, 90, {}).composite([])
    const gif = await sharp(await frames.gif().toBuffer()).toBuffer()
    expect(await looked(gif)).toMatchObject({ done: { type: 'image/gif', kind: 'image', width: 40 } })
    const raw = Buffer.from(Array.from({ length: 20 * 60 * 3 }, (_, i) => (i * i) % 256))
    const moving = await sharp(raw, { raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } as never })
      .webp({ loop: 0, delay: [90, 90, 90] })
      .toBuffer()
    expect(await looked(moving)).toMatchObject({ done: { width: 20, height: 20, animated: true } })
  })

  test('a picture that cannot be read is a file', async () => {
    const photo = await plain(600, 400).jpeg().toBuffer()
    const half = photo.subarray(0, photo.length / 2)
    expect(await looked(half)).toMatchObject({ done: { type: 'image/jpeg', kind: 'other' } })
  })

  test('a bomb is refused, and a scan that is only large is a file', async () => {
    expect(await looked(await plain(16_000, 16_000).png().toBuffer())).toEqual({ failure: 'too_many_pixels' })
    const noisy = await plain(7_200, 7_200)
      .composite([{ input: await plain(64, 64).png().toBuffer(), tile: true, blend: 'difference' }])
      .jpeg({ quality: 100 })
      .toBuffer()
    const padded = Buffer.concat([noisy, Buffer.alloc(1_000_000)])
    expect(await looked(padded)).toMatchObject({ done: { type: 'image/jpeg', kind: 'other' } })
    expect(failures).toEqual(['too_many_pixels'])
  })
})

describe('a preview', () => {
  const size = async (bytes: Uint8Array) => {
    const { format, width, height, exif } = await sharp(bytes).metadata()
    return { format, width, height, exif }
  }
  const make = async (source: Buffer, width: number) => {
    const made = await pictures.make('ann', { source, width, height: 4 * width, fit: 'inside' })
    return 'done' in made ? size(made.done.bytes) : made
  }

  test('is as wide as it is asked for, never wider than its picture, upright, and says nothing else', async () => {
    const photo = await plain(900, 600)
      .jpeg()
      .withExif({ IFD0: { Copyright: 'x' } })
      .withMetadata({ orientation: 8 })
      .toBuffer()
    const nothing = { format: 'webp', exif: undefined }
    expect(await make(photo, 320)).toEqual({ ...nothing, width: 320, height: 480 })
    expect(await make(photo, 2_560)).toEqual({ ...nothing, width: 600, height: 900 })
    // A long screenshot is a strip.
    const long = await plain(500, 20_000).png().toBuffer()
    expect(await make(long, 640)).toEqual({ ...nothing, width: 64, height: 2_560 })
  })

  test('is of five formats and no other', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const)
      expect(await make(await plain(50, 40).toFormat(format).toBuffer(), 320)).toMatchObject({ width: 50 })
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    for (const other of [svg, await plain(50, 40).tiff().toBuffer()])
      expect(await make(other, 320)).toEqual({ failure: 'unreadable' })
  })
})

test('a process that takes too long, or is killed, answers nothing more, and the next task has another one', async () => {
  const big = await plain(6_000, 6_000).png().toBuffer()
  const task = { do: 'make', source: big, width: 640, height: 640, fit: 'inside' } as const
  const slow = new PictureProcess()
  const whole = 60_000
  expect(await slow.run<'make'>(task, { cpu: 300, whole, lookEvery: 5 })).toEqual({ failure: 'failed' })
  expect(slow.isUsable).toBe(false)
  const late = new PictureProcess()
  expect(await late.run<'make'>(task, { cpu: whole, whole: 9, lookEvery: 5 })).toEqual({ failure: 'failed' })
  const killed = new PictureProcess()
  const asked = killed.run<'make'>(task)
  process.kill(killed.pid ?? 0, 'SIGKILL')
  expect(await asked).toEqual({ failure: 'failed' })
})

test('a task whose process the system has ended is done by another one, once', async () => {
  const started: PictureProcess[] = []
  const killing = (times: number) => () => {
    const one = new PictureProcess()
    started.push(one)
    if (started.length <= times) setImmediate(() => process.kill(one.pid ?? 0, 'SIGKILL'))
    return one
  }
  const file = path.join(folder, 'whole')
  await writeFile(file, 'hello\n')
  for (const [times, outcome] of [
    [1, { done: { type: 'text/plain', kind: 'text' } }],
    [2, { failure: 'failed' }],
  ] as const) {
    started.splice(0)
    const own = openPictures({ onTask: () => undefined, onFailure: () => undefined }, killing(times))
    expect(await own.look('ann', { path: file, size: 6 })).toEqual(outcome)
    expect(started).toHaveLength(2)
    own.close()
  }
})

test('people take turns, and too many who wait are told so at once', async () => {
  const few = openPictures({ onTask: () => undefined, onFailure: () => undefined })
  const source = await plain(60, 60).png().toBuffer()
  const done: string[] = []
  const asks = async (person: string) => {
    const made = await few.make(person, { source, width: 320, height: 320, fit: 'inside' })
    done.push('done' in made ? person : made.failure)
  }
  const { ofOne } = pictureLimits.waiting
  const all = Array.from({ length: ofOne + 10 }, () => asks('ann'))
  all.push(asks('bob'))
  await Promise.all(all)
  expect(done.indexOf('bob')).toBeLessThan(20)
  expect(done.filter((who) => who === 'busy').length).toBe(10 - pictureLimits.atOnce)
  few.close()
  expect(await few.make('ann', { source, width: 9, height: 9, fit: 'cover' })).toEqual({ failure: 'busy' })
})
