// Files from their first byte to their last reader: uploads that survive, messages that hold them, and who may read them when.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileAnswer, FilesAnswer } from '../../server/protocol/files.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import {
  begins,
  dot,
  freshBytes,
  gets,
  offsetOf,
  sends,
  sha256,
  statusOf,
  tus,
  uploads,
} from '../support/uploads.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

let pairs = 0
beforeEach(async () => {
  pairs += 1
  ann = await brook.enter(`Ann ${pairs}`)
  bob = await brook.enter(`Bob ${pairs}`)
  await brook.meet(ann, bob)
})

/** Sends a message with files by HTTP: its number, or the code of a refusal. */
const says = async (
  who: Person,
  files: readonly string[],
  { text = '', cid = newCid(), room = who.room } = {},
): Promise<number | string> => {
  const { body } = await who.ask<{ seq?: number; error?: { code: string } }>(
    'POST',
    `/api/rooms/${room}/messages`,
    { cid, text, files },
  )
  return body.error?.code ?? body.seq ?? 'nothing'
}
const find = async (who: Person, seq: number | string): Promise<SpokenMessage | undefined> =>
  (await who.page('limit=50')).messages.find((one): one is SpokenMessage => one.seq === seq)

test('a file is sent, read by others, and kept with the message', async () => {
  const picture = await uploads(ann, dot, { name: 'dot.png' })
  expect(picture).toMatchObject({ name: 'dot.png', type: 'image/png', kind: 'image', size: dot.length })
  expect(await statusOf(ann, picture.id)).toBe(200)
  expect(await statusOf(bob, picture.id)).toBe(404)
  const seq = await says(ann, [picture.id])
  const heard = await until(
    () => bob.heard.find((event) => event.type === 'message' && event.seq === seq),
    (event) => event !== undefined,
  )
  expect(heard).toMatchObject({ text: '', files: [picture] })
  const got = await gets(bob, picture.id)
  expect(got.bytes.equals(dot)).toBe(true)
  await brook.archive()
  expect(await find(bob, seq)).toMatchObject({ text: '', files: [picture] })
  expect(await statusOf(bob, picture.id)).toBe(200)
  const { body } = await bob.ask<FileAnswer>('GET', `/api/files/${picture.id}`)
  expect(body.file).toMatchObject({ ...picture, whole: true, room: ann.room, seq })
})

test('an upload goes on where it was cut, and the same cid is the same upload', async () => {
  const whole = freshBytes(300_000)
  const cid = newCid()
  const first = await begins(ann, whole.length, { cid })
  const path = first.headers.get('location') ?? ''
  expect(first.status).toBe(201)
  expect((await sends(ann, path, 0, whole.subarray(0, 100_000))).status).toBe(204)
  expect(await offsetOf(ann, path)).toBe(100_000)
  // The answer to the first request was lost: the same cid finds what is there.
  const again = await begins(ann, whole.length, { cid })
  expect(again.headers.get('location')).toBe(path)
  expect(await offsetOf(ann, path)).toBe(100_000)
  expect((await sends(ann, path, 0, whole)).status).toBe(409)
  expect((await begins(ann, 5, { cid })).code).toBe('cid_used')
  expect((await sends(ann, path, 100_000, whole.subarray(100_000))).status).toBe(204)
  const id = path.split('/').at(-1) ?? ''
  expect(sha256((await gets(ann, id)).bytes)).toBe(sha256(whole))
  expect((await begins(ann, whole.length, { cid })).headers.get('location')).toBe(path)
  expect(await offsetOf(ann, path)).toBe(whole.length)
})

test('a connection that breaks keeps what had come', async () => {
  const whole = freshBytes(400_000)
  const path = (await begins(ann, whole.length)).headers.get('location') ?? ''
  const broken = new ReadableStream({
    async pull(controller) {
      if (this.sent) {
        // Only when it is certainly there is the connection cut.
        await until(
          () => brook.metric('brook_uploads_writing'),
          (writing) => writing === 1,
        )
        controller.error(new Error('cut'))
      }
      this.sent = true
      controller.enqueue(whole.subarray(0, 150_000))
    },
  } as UnderlyingSource & { sent?: boolean })
  await tus(
    ann,
    'PATCH',
    path,
    { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
    broken,
  ).catch(() => undefined)
  const offset = await offsetOf(ann, path)
  expect(offset).toBeLessThanOrEqual(150_000)
  expect((await sends(ann, path, offset, whole.subarray(offset))).status).toBe(204)
  expect(sha256((await gets(ann, path.split('/').at(-1) ?? '')).bytes)).toBe(sha256(whole))
})

test('the same bytes are kept once, and go when the last message that has them goes', async () => {
  const same = freshBytes(5_000)
  const one = await uploads(ann, same)
  const two = await uploads(bob, same, { name: 'copy.bin' })
  const hash = sha256(same)
  const kept = async (): Promise<number> =>
    (await brook.db.rows('SELECT hash FROM blobs WHERE hash = ?', [hash])).length
  const [mine, theirs] = [await says(ann, [one.id]), await says(bob, [two.id])]
  await brook.archive()
  expect(await kept()).toBe(1)
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${mine}`, { cid: newCid() })
  expect(await statusOf(bob, one.id)).toBe(404)
  expect(await statusOf(ann, one.id)).toBe(404)
  await brook.archive()
  await brook.sweepFiles()
  expect([await kept(), await statusOf(ann, two.id)]).toEqual([1, 200])
  await bob.ask('DELETE', `/api/rooms/${ann.room}/messages/${theirs}`, { cid: newCid() })
  await brook.archive()
  await brook.sweepFiles()
  expect([await kept(), await statusOf(ann, two.id)]).toEqual([0, 404])
  expect(await brook.keptFiles()).not.toContain(hash)
})

test('a message is sent once with its files, however often; nobody else can send them', async () => {
  const { id } = await uploads(ann, freshBytes(10))
  expect(await says(bob, [id])).toBe('file_gone')
  const cid = newCid()
  const seq = await says(ann, [id], { cid, text: 'here' })
  expect(await says(ann, [id], { cid, text: 'here' })).toBe(seq)
  expect(await says(ann, [id])).toBe('file_taken')
  await brook.archive()
  expect(await says(ann, [id], { cid, text: 'here' })).toBe(seq)
  // What was deleted meanwhile was said all the same.
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid() })
  await brook.archive()
  await brook.sweepFiles()
  expect(await says(ann, [id], { cid, text: 'here' })).toBe(seq)
  expect(await says(ann, [id])).toBe('file_gone')
})

test('what is not whole is not sent; what a message lacks is said', async () => {
  const path = (await begins(ann, 10)).headers.get('location') ?? ''
  const id = path.split('/').at(-1) ?? ''
  expect(await says(ann, [id])).toBe('file_unfinished')
  expect(await statusOf(ann, id)).toBe(404)
  await sends(ann, path, 0, freshBytes(10))
  expect(await says(ann, [id, id])).toBe('bad_request')
  expect(await says(ann, [])).toBe('bad_request')
  expect(
    await says(
      ann,
      Array.from({ length: 11 }, (_, at) => String(at + 1)),
    ),
  ).toBe('bad_request')
  expect(typeof (await says(ann, [id]))).toBe('number')
})

test('whoever leaves or is removed reads nothing any more; a private room shows nobody anything', async () => {
  const room = await ann.makes(`private ${pairs}`, 'private')
  await ann.ask('POST', `/api/rooms/${room.id}/members`, { name: bob.user.name })
  const { id } = await uploads(ann, freshBytes(20))
  await says(ann, [id], { room: room.id })
  const eve = await brook.arrive(`Eve ${pairs}`)
  await until(
    () => statusOf(bob, id),
    (code) => code === 200,
  )
  expect(await statusOf(eve, id)).toBe(404)
  await bob.ask('DELETE', `/api/rooms/${room.id}/members/me`)
  expect(await statusOf(bob, id)).toBe(404)
  await brook.archive()
  expect([await statusOf(bob, id), await statusOf(eve, id), await statusOf(ann, id)]).toEqual([404, 404, 200])
  expect(await bob.tries('GET', `/api/rooms/${room.id}/files`)).toBe('not_found')
})

test('parts of a file, once, and under its name', async () => {
  const whole = freshBytes(1_000)
  const { id } = await uploads(ann, whole, { name: 'Отчёт 报告 "q".bin' })
  const all = await gets(ann, id)
  const etag = all.headers.get('etag') ?? ''
  expect(all.headers.get('content-disposition')).toBe(
    `attachment; filename="????? ?? \\"q\\".bin"; filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82%20%E6%8A%A5%E5%91%8A%20%22q%22.bin`,
  )
  expect(all.headers.get('content-security-policy')).toContain('sandbox')
  expect(all.headers.get('x-content-type-options')).toBe('nosniff')
  expect(all.headers.get('cache-control')).toBe('private, no-cache')
  const part = async (range: string, more: Record<string, string> = {}) => {
    const { status: code, headers, bytes: got } = await gets(ann, id, '', { range, ...more })
    return [code, headers.get('content-range'), got.toString('hex')]
  }
  const hex = (from: number, to: number): string => whole.subarray(from, to).toString('hex')
  expect(await part('bytes=0-9')).toEqual([206, 'bytes 0-9/1000', hex(0, 10)])
  expect(await part('bytes=990-')).toEqual([206, 'bytes 990-999/1000', hex(990, 1_000)])
  expect(await part('bytes=-5')).toEqual([206, 'bytes 995-999/1000', hex(995, 1_000)])
  expect(await part('bytes=995-5000')).toEqual([206, 'bytes 995-999/1000', hex(995, 1_000)])
  expect(await part('bytes=0-9', { 'if-range': etag })).toEqual([206, 'bytes 0-9/1000', hex(0, 10)])
  expect(await part('bytes=0-9', { 'if-range': '"other"' })).toEqual([200, null, hex(0, 1_000)])
  expect(await part('bytes=0-1,5-6')).toEqual([200, null, hex(0, 1_000)])
  expect((await part('bytes=1000-')).slice(0, 2)).toEqual([416, 'bytes */1000'])
  expect((await gets(ann, id, '', { 'if-none-match': etag })).status).toBe(304)
  const head = await gets(ann, id, '', {}, 'HEAD')
  expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([200, '1000', 0])
})

test('only pictures, sounds, films and plain text are shown; all else is saved, whatever its name says', async () => {
  const shown = async (content: Buffer<ArrayBuffer>, name: string, query = '') => {
    const { id } = await uploads(ann, content, { name })
    const { headers } = await gets(ann, id, query)
    return [headers.get('content-type'), headers.get('content-disposition')?.split(';')[0]]
  }
  expect(await shown(dot, 'dot.html')).toEqual(['image/png', 'inline'])
  expect(await shown(dot, 'dot.png', '?download=1')).toEqual(['image/png', 'attachment'])
  const html = Buffer.from('<!doctype html><script>alert(1)</script>')
  const [type, how] = await shown(html, 'page.png')
  expect([type, how]).toEqual(['text/plain; charset=utf-8', 'inline'])
  const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
  expect((await shown(svg, 'a.svg'))[0]).not.toMatch(/svg|xml/)
  expect(await shown(Buffer.from([0, 1, 2, 3]), 'a.png')).toEqual(['application/octet-stream', 'attachment'])
})

test('names are made harmless, and what a sender says is believed only of sounds and films', async () => {
  const named = async (name: string): Promise<string> => (await uploads(ann, freshBytes(3), { name })).name
  expect(await named('../../etc/passwd')).toBe('passwd')
  expect(await named('C:\\Users\\Ann\\x.txt')).toBe('x.txt')
  expect(await named('a\0b\r\nSet-Cookie: c.txt')).toBe('a b Set-Cookie: c.txt')
  expect(await named('photo\u202Egpj.exe')).toBe('photogpj.exe')
  expect(await named('..')).toBe('file')
  expect(await named('')).toBe('file')
  const long = await named(`${'报'.repeat(300)}.jpeg`)
  expect([long.length, long.endsWith('报.jpeg')]).toEqual([255, true])
  const more = { width: '9', height: '9', durationMs: '5', waveform: 'AAAA', voice: '1' }
  const text = await uploads(ann, Buffer.from('just text'), { more })
  expect(text).toEqual({ id: text.id, name: 'notes.txt', type: 'text/plain', kind: 'text', size: 9 })
  const { body } = await ann.ask<FileAnswer>('PATCH', `/api/files/${text.id}`, {
    name: 'a/b.txt',
    alt: ' A\0 b ',
  })
  expect(body.file).toMatchObject({ name: 'b.txt', alt: 'A b' })
  expect(await bob.tries('PATCH', `/api/files/${text.id}`, { alt: 'mine' })).toBe('not_found')
  await says(ann, [text.id])
  expect(await ann.tries('PATCH', `/api/files/${text.id}`, { alt: 'later' })).toBe('file_taken')
})

test('bytes that are not those that were sent are refused, and nothing of them stays', async () => {
  const whole = freshBytes(1_000)
  const digest = (algorithm: string, part: Uint8Array): string =>
    `${algorithm} ${createHash(algorithm).update(part).digest('base64')}`
  const path = (await begins(ann, 1_000)).headers.get('location') ?? ''
  const half = whole.subarray(0, 500)
  const wrong = await sends(ann, path, 0, half, { 'upload-checksum': digest('sha1', whole) })
  expect([wrong.status, wrong.code, await offsetOf(ann, path)]).toEqual([460, 'wrong_bytes', 0])
  expect((await sends(ann, path, 0, half, { 'upload-checksum': 'md5 AAAA' })).status).toBe(400)
  expect((await sends(ann, path, 0, half, { 'upload-checksum': digest('sha256', half) })).status).toBe(204)
  expect((await sends(ann, path, 500, freshBytes(501))).status).toBe(413)
  expect((await sends(ann, path, 500, whole.subarray(500))).status).toBe(204)
  // Said of the whole file at its beginning.
  const other =
    (await begins(ann, 1_000, { more: { sha256: sha256(freshBytes(3)) } })).headers.get('location') ?? ''
  const refused = await sends(ann, other, 0, whole)
  expect([refused.status, refused.code, await offsetOf(ann, other)]).toEqual([460, 'wrong_bytes', 0])
})

test('bad uploads are refused in words', async () => {
  expect((await begins(ann, 0)).code).toBe('empty_file')
  expect((await begins(ann, 1, { cid: 'x' })).code).toBe('bad_cid')
  expect((await begins(ann, 3 * 1024 ** 3)).code).toBe('file_too_large')
  expect((await tus(ann, 'POST', '/api/files', { 'upload-length': '-1' })).status).toBe(400)
  expect((await tus(ann, 'POST', '/api/files', { 'upload-length': '5' })).code).toBe('bad_cid')
  expect((await tus(ann, 'POST', '/api/files', { 'upload-defer-length': '1' })).status).toBe(501)
  expect(
    (await tus(ann, 'PATCH', '/api/files/999999999', { 'upload-offset': '0' })).status,
  ).toBeGreaterThanOrEqual(400)
  const path = (await begins(ann, 5)).headers.get('location') ?? ''
  for (const method of ['HEAD', 'PATCH', 'DELETE'])
    expect(
      (
        await tus(bob, method, path, {
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        })
      ).status,
    ).toBe(404)
  expect((await tus(ann, 'DELETE', path)).status).toBe(204)
  expect((await tus(ann, 'HEAD', path)).status).toBe(404)
  const answer = await fetch(`${ann.address}/api/files`, {
    method: 'POST',
    headers: {
      cookie: ann.cookie,
      origin: 'https://elsewhere.example',
      'tus-resumable': '1.0.0',
      'upload-length': '5',
    },
  })
  expect(answer.status).toBe(403)
  const { headers } = await tus(ann, 'OPTIONS', '/api/files')
  expect(headers.get('tus-extension')).toContain('checksum')
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

test('of two that write one upload at once each byte is written once', async () => {
  const whole = freshBytes(200_000)
  const path = (await begins(ann, whole.length)).headers.get('location') ?? ''
  const both = await Promise.all([sends(ann, path, 0, whole), sends(ann, path, 0, whole)])
  expect(both.map((one) => one.status).sort()).toEqual([204, 409])
  expect(sha256((await gets(ann, path.split('/').at(-1) ?? '')).bytes)).toBe(sha256(whole))
})

test('lists of files: of a room, and of one’s own, by kind and person, page by page', async () => {
  const files = [
    await uploads(ann, freshBytes(4)),
    await uploads(bob, dot),
    await uploads(ann, Buffer.from('words')),
  ]
  await says(ann, [files[0]?.id ?? ''])
  await says(bob, [files[1]?.id ?? ''])
  const last = await says(ann, [files[2]?.id ?? ''])
  await brook.archive()
  const list = async (who: Person, path: string) => (await who.ask<FilesAnswer>('GET', path)).body
  const ids = ({ files: some }: FilesAnswer): string[] => some.map(({ id }) => id)
  const of = `/api/rooms/${ann.room}/files`
  const newest = files.map(({ id }) => id).reverse()
  expect(ids(await list(bob, of))).toEqual(newest)
  const page = await list(bob, `${of}?limit=2`)
  expect(ids(page)).toEqual(newest.slice(0, 2))
  expect(ids(await list(bob, `${of}?limit=2&before=${page.next}`))).toEqual(newest.slice(2))
  expect(ids(await list(bob, `${of}?kind=image`))).toEqual([files[1]?.id])
  expect(ids(await list(bob, `${of}?by=${ann.user.id}`))).toEqual([files[2]?.id, files[0]?.id])
  expect(ids(await list(bob, `${of}?to=1`))).toEqual([])
  expect(ids(await list(ann, '/api/me/files'))).toEqual([files[2]?.id, files[0]?.id])
  expect((await list(bob, of)).files[0]).toEqual({
    ...files[2],
    room: ann.room,
    seq: last,
    user: { id: ann.user.id, name: ann.user.name },
    at: expect.any(Number) as number,
  })
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${last}`, { cid: newCid() })
  await brook.archive()
  expect(ids(await list(bob, of))).toEqual(newest.slice(1))
})

test('an edit keeps the files, and may take the words away', async () => {
  const { id } = await uploads(ann, freshBytes(4))
  const seq = await says(ann, [id], { text: 'words' })
  const edit = (text: string) =>
    ann.tries('PATCH', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid(), text })
  expect(await edit('')).toBe(200)
  expect(await find(bob, seq)).toMatchObject({ text: '', files: [{ id }] })
  await brook.archive()
  expect(await find(bob, seq)).toMatchObject({ text: '', files: [{ id }] })
  const plain = await ann.acked(ann.says('plain'))
  expect(
    await ann.tries('PATCH', `/api/rooms/${ann.room}/messages/${plain.seq}`, { cid: newCid(), text: '' }),
  ).toBe('empty_message')
})

test('by the socket, too', async () => {
  const { id } = await uploads(ann, freshBytes(7))
  const cid = newCid()
  ann.tells({ type: 'send', room: ann.room, cid, text: '', files: [id] })
  const { seq } = await ann.acked(cid)
  expect(await find(bob, seq)).toMatchObject({ files: [{ id, size: 7 }] })
})
