// A room as a file: all of it or a part, in its current state, harmless to open, and honest about how far it is
// complete.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportArchive } from '../../server/export/archive.ts'
import type { Header } from '../../server/export/form.ts'
import { Downloads } from '../../server/export/downloads.ts'
import { formOf } from '../../server/export/forms.ts'
import { write } from '../../server/export/write.ts'
import { installationId } from '../../server/installation.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Message, PageAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { brookVersion } from '../../server/version.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
const spoken = 450
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann <b>')
  await ann.makes('garden')
  const cids = Array.from({ length: spoken }, (_, n) => ann.says(n === 0 ? hostile : `words ${n + 2}`))
  for (const cid of cids) await ann.acked(cid)
  const body = { cid: newCid(), text: 'words after an edit' }
  await ann.ask('PATCH', `/api/rooms/${ann.room}/messages/3`, body)
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/4`, { cid: newCid() })
  await ann.ask('PUT', `/api/rooms/${ann.room}/messages/5/reactions/${encodeURIComponent('👍')}`, {
    cid: newCid(),
  })
  await brook.archive()
})
afterAll(() => brook.stop())

const hostile = `<script>alert(1)</script> <img src=x onerror="alert('2')"> & # no heading\n# nor here`

const exported = async (
  query: string,
  who = ann,
): Promise<{ status: number; text: string; type: string }> => {
  const answer = await fetch(`${who.address}/api/rooms/${ann.room}/export?${query}`, {
    headers: { cookie: who.cookie },
  })
  return {
    status: answer.status,
    text: await answer.text(),
    type: answer.headers.get('content-type') ?? '',
  }
}

interface End {
  kind: 'end'
  from: number
  upTo: number
  complete: boolean
}
/** Without the header. */
const lines = (text: string): (Message | End)[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Message)
const headerOf = (text: string) => JSON.parse(text.split('\n', 1)[0] ?? '') as Header
const garden = { id: '1', kind: 'public', installation: 'x', name: 'garden', topic: '', from: 1 } as const

test('JSON lines name the room, have every message as the API returns it, and say how far they are complete', async () => {
  const { text } = await exported('format=jsonl')
  expect(headerOf(text)).toEqual({
    kind: 'room',
    format: 1,
    id: ann.room,
    name: 'garden',
    topic: '',
    roomKind: 'public',
    from: 1,
    installation: await installationId(brook.db),
    brook: brookVersion,
    exportedAt: expect.any(Number) as number,
  })
  const all = lines(text)
  const end = all.pop()
  const { upTo } = await ann.page('limit=1')
  expect(end).toEqual({ kind: 'end', from: 1, upTo, complete: true })
  const read: Message[] = []
  for (let after = 0, more = true; more;) {
    const page: PageAnswer = await ann.page(`after=${after}&limit=200`)
    read.push(...page.messages)
    more = page.hasAfter
    after = page.messages.at(-1)?.seq ?? 0
  }
  expect(all).toEqual(read)
  const [third, fourth, fifth] = [3, 4, 5].map((n) => all.find((one) => 'seq' in one && one.seq === n)) as [
    SpokenMessage,
    SpokenMessage,
    SpokenMessage,
  ]
  expect([third.text, third.editedAt === null]).toEqual(['words after an edit', false])
  expect([fourth.text, fourth.deletedAt === null]).toEqual(['', false])
  expect(fifth.reactions.map(({ emoji }) => emoji)).toEqual(['👍'])
})

test('parts that continue where the last one was complete make the whole', async () => {
  const numbers = (text: string): number[] =>
    lines(text).flatMap((line) => (line.kind === 'end' ? [] : [line.seq]))
  const whole = numbers((await exported('format=jsonl')).text)
  const parts: number[] = []
  for (let from = 1; from <= whole.length;) {
    const { text } = await exported(`format=jsonl&from=${from}&to=${from + 166}`)
    parts.push(...numbers(text))
    const end = lines(text).at(-1)
    from = (end?.kind === 'end' ? end.upTo : 0) + 1
  }
  expect(parts).toEqual(whole)
})

test('nothing that people wrote is markup in a page, or structure in Markdown', async () => {
  const page = await exported('format=html')
  expect(page.type).toContain('text/html')
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page.text).not.toMatch(/<script|<img/)
  expect(page.text).toContain('<bdi>Ann &lt;b&gt;</bdi>')
  expect(page.text).toContain("default-src 'none'")
  const text = (await exported('format=md&zone=Asia/Shanghai')).text
  const headings = text.split('\n').filter((line) => line.startsWith('#'))
  expect(headings[0]).toBe('# #garden')
  expect(headings.slice(1).every((line) => /^## \d{4}-\d\d-\d\d$/.test(line))).toBe(true)
  expect(text).toContain('> # nor here')
  expect(text).not.toContain('words 4\n')
  expect(text).toMatch(/Complete from #1 to #\d+\.\n$/)
})

test('only a member exports a room, and an invalid query is refused', async () => {
  const bob = await brook.arrive('Bob')
  expect((await exported('format=md', bob)).status).toBe(403)
  for (const query of ['format=pdf', 'from=9&to=3', 'zone=Nowhere/Land', 'from=x'])
    expect((await exported(query)).status).toBe(400)
})

test('no cache keeps an answer, whoever asks for what', async () => {
  const { address, cookie, room } = ann
  const paths = [
    '/api/rooms',
    '/api/session',
    '/api/nothing',
    '/metrics',
    '/readyz',
    `/api/rooms/${room}/export`,
  ]
  for (const path of [...paths, '/api/ws', `/api/rooms/${room}/messages?limit=x`])
    for (const headers of [{ cookie }, {}]) {
      const answer = await fetch(address + path, { headers })
      expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store'])
      await answer.body?.cancel()
    }
  const hook = await fetch(`${address}/api/hooks/1/none`, { method: 'POST', body: '{}' })
  expect(hook.headers.get('cache-control')).toBe('no-store')
})

test('an export that cannot continue says up to where it is complete', async () => {
  const page = async (after: number): Promise<PageAnswer | { code: 'history_unavailable' }> =>
    after === 0 ? { ...(await ann.page('after=0&limit=10')) } : { code: 'history_unavailable' }
  const pieces: string[] = []
  for await (const piece of write(formOf('jsonl', 'UTC'), { ...garden, page })) pieces.push(piece)
  expect(lines(pieces.join('')).at(-1)).toEqual({ kind: 'end', from: 1, upTo: 10, complete: false })
})

test('a reader who stops holds one page in memory, not the room', async () => {
  let pages = 0
  const page = async (after: number): Promise<PageAnswer> => {
    pages += 1
    return ann.page(`after=${after}&limit=50`)
  }
  const pieces = write(formOf('jsonl', 'UTC'), { ...garden, page })
  await pieces.next()
  await pieces.next()
  expect(pages).toBe(1)
  await pieces.return()
})

test('one person has two downloads at once, and others are not kept from theirs', () => {
  const downloads = new Downloads()
  const { atOnce, ofOne } = limits.exports
  for (let one = 0; one < ofOne; one += 1) expect(downloads.enter('1')).toBeUndefined()
  expect(downloads.enter('1')).toMatchObject({ code: 'too_many' })
  for (let one = ofOne; one < atOnce; one += 1) expect(downloads.enter(`${one + 2}`)).toBeUndefined()
  expect(downloads.enter('99')).toMatchObject({ code: 'too_many' })
  downloads.leave('1')
  expect(downloads.enter('1')).toBeUndefined()
})

test('a reader who stops reading is cut off, and gives back their place', async () => {
  const downloads = new Downloads({ atOnce: 1, ofOne: 1, stalledMs: 20, restTimes: 0 })
  const isFree = (): boolean => {
    const isIn = downloads.enter('2') === undefined
    if (isIn) downloads.leave('2')
    return isIn
  }
  const endless = async function* (): AsyncGenerator<string, void, undefined> {
    for (;;) yield 'x'.repeat(1_000_000)
  }
  let wasFree: boolean | undefined
  const server = createServer((_request, response) => {
    downloads.enter('1')
    const cutOff = (): void => {
      wasFree = isFree()
      response.destroy()
    }
    const stream = Readable.from(downloads.read(endless(), cutOff), { objectMode: false, highWaterMark: 1 })
    stream.once('close', () => downloads.leave('1'))
    pipeline(stream, response).catch(() => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
  reader.pause()
  reader.write('GET / HTTP/1.1\r\nhost: brook\r\n\r\n')
  await until(() => wasFree === false)
  await until(isFree)
  reader.destroy()
  server.close()
})

test('pages of exports are made one at a time, whoever reads them', async () => {
  const downloads = new Downloads({ ...limits.exports, restTimes: 0 })
  let [inside, most] = [0, 0]
  const page = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside -= 1
  }
  await Promise.all(['1', '1', '2', '3'].map((person) => downloads.step(person, page)))
  expect([inside, most]).toEqual([0, 1])
})

test('the command line writes the same file from MySQL alone', async () => {
  const file = path.join(brook.stores.folder, 'garden.jsonl')
  const query = { room: 'garden', format: 'jsonl', zone: 'UTC', from: 1, out: file } as const
  const written = await exportArchive(brook.config, query)
  const text = await readFile(file, 'utf8')
  expect(lines(text)).toEqual(lines((await exported('format=jsonl')).text))
  expect({ ...headerOf(text), exportedAt: 0 }).toEqual({
    ...headerOf((await exported('format=jsonl')).text),
    exportedAt: 0,
  })
  expect(written).toBe(lines(text).length - 1)
  expect(await exportArchive(brook.config, { ...query, room: 'nowhere' })).toBeUndefined()
})
