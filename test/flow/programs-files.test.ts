// Files and programs: a bot uploads and sends with its token, reads those of its rooms and no others, and finds them in its
// entries; a webhook's receiver is told where the bytes are.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileAnswer, FileRef } from '../../server/protocol/files.ts'
import type { SignedAnswer } from '../../server/protocol/hooks.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'
import { gets, uploads } from '../support/uploads.ts'

let brook: Brook
let line: CommandLine
let ann: Person
let receiver: Receiver
beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  line = await commandLine(brook.stores)
  ann = await brook.enter('Ann')
  receiver = await Receiver.up()
})
afterAll(async () => {
  await receiver.goesDown()
  await line.close()
  await brook.stop()
})

const words = Buffer.from('sunny, 21 degrees\n')

/** As docs/bots.md says it. */
async function botUploads(bot: Bot, bytes: Buffer<ArrayBuffer>, name: string): Promise<FileRef> {
  const headers = { authorization: `Bearer ${bot.token}`, 'tus-resumable': '1.0.0' }
  const said = { cid: newCid(), filename: name }
  const begun = await fetch(`${bot.address}/api/files`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(bytes.length),
      'upload-metadata': Object.entries(said)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(','),
    },
  })
  expect(begun.status).toBe(201)
  const path = begun.headers.get('location') ?? ''
  const sent = await fetch(bot.address + path, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
    body: bytes,
  })
  expect(sent.status).toBe(204)
  return (await bot.ask<FileAnswer>('GET', path)).body.file
}
const botGets = (bot: Bot, address: string) =>
  fetch(address, { headers: { authorization: `Bearer ${bot.token}` } })

test('a bot sends a file with its token, and reads those of its rooms as they come', async () => {
  const room = await ann.makes('weather room', 'private')
  const other = await ann.makes('another room', 'private')
  const { printed } = await line.type('bot', 'add', 'weather', '--room', room.id)
  const bot = new Bot(printed[0] ?? '', ann.address)
  const { cursor } = await bot.polls({})
  const file = await botUploads(bot, words, 'forecast.txt')
  const { status } = await bot.ask('POST', `/api/rooms/${room.id}/messages`, {
    cid: newCid(),
    text: 'the forecast',
    files: [file.id],
  })
  expect(status).toBe(201)
  await ann.hears('the forecast')
  expect((await gets(ann, file.id)).bytes).toEqual(words)

  const own = await uploads(ann, Buffer.from('from Ann'), { name: 'ann.txt' })
  const hidden = await uploads(ann, Buffer.from('not for bots'), { name: 'hidden.txt' })
  const post = (at: string, id: string, text: string) =>
    ann.ask('POST', `/api/rooms/${at}/messages`, { cid: newCid(), text, files: [id] })
  await post(room.id, own.id, 'here')
  await post(other.id, hidden.id, 'elsewhere')
  const { entries } = await bot.catchesUp(cursor)
  const files = entries.flatMap((entry) => ('files' in entry ? (entry.files as FileRef[]) : []))
  expect(files.map(({ name }) => name)).toEqual(['forecast.txt', 'ann.txt'])
  const content = (id: string) => botGets(bot, `${bot.address}/api/files/${id}/content`)
  expect(await (await content(own.id)).text()).toBe('from Ann')
  expect((await content(hidden.id)).status).toBe(404)
  await line.type('bot', 'leave', 'weather', room.id)
  await until(async () => (await content(own.id)).status === 404)
})

test('a webhook names the files of a message, with the addresses of their bytes', async () => {
  const room = await ann.makes('watched room')
  await ann.ask<SignedAnswer>('POST', `/api/rooms/${room.id}/hooks/outgoing`, { url: receiver.url })
  const { printed } = await line.type('bot', 'add', 'reader', '--room', 'watched room')
  const bot = new Bot(printed[0] ?? '', ann.address)
  const file = await uploads(ann, words, { name: 'notes.txt' })
  await ann.ask('POST', `/api/rooms/${room.id}/messages`, { cid: newCid(), text: '', files: [file.id] })
  const delivery = await until(() => receiver.posted.find(({ body }) => body.includes('notes.txt')))
  const said = JSON.parse(delivery?.body ?? '{}') as { files: (FileRef & { url: string })[] }
  expect(said.files).toEqual([{ ...file, url: `/api/files/${file.id}/content` }])
  const answer = await botGets(bot, ann.address + (said.files[0]?.url ?? ''))
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(words)
})
