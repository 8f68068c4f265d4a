// Imports with the bytes of files: from another Brook over its API, from what brook export has written, and from Slack, where
// they are packed, in a folder, or fetched. Twice is as once.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportArchive } from '../../server/export/archive.ts'
import { OtherBrook } from '../../server/import/brook/source.ts'
import { Remote } from '../../server/import/brook/remote.ts'
import { ExportedRooms } from '../../server/import/jsonl/source.ts'
import { runImport, type Summary } from '../../server/import/run.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import { fetchedFiles } from '../../server/import/slack/fetched-files.ts'
import type { SlackBytes } from '../../server/import/slack/message.ts'
import { folderFiles } from '../../server/import/slack/packed-files.ts'
import type { NotTaken, Refuse, Source } from '../../server/import/source.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import { channels, users, writeExport, type ExportFiles } from '../support/slack-export.ts'
import { gets, uploads } from '../support/uploads.ts'

const folder = testFolder()
let there: Brook
let here: Brook
let ann: Person
let reader: Person
beforeAll(async () => {
  ;[there, here] = await Promise.all([Brook.start(), Brook.start()])
  ann = await there.enter('Ann')
  reader = await here.arrive('Rita')
})
afterAll(() => Promise.all([there.stop(), here.stop()]))

type Brought = Summary & { refused: NotTaken[] }
async function bring(open: (refuse: Refuse) => Source | Promise<Source>): Promise<Brought> {
  const refused: NotTaken[] = []
  const refuse = (one: NotTaken) => void refused.push(one)
  const source = await open(refuse)
  const run = { source, refuse, rate: 100_000, dryRun: false, matchUsers: false, say: () => undefined }
  try {
    const signal = new AbortController().signal
    return { ...(await runImport({ config: here.config, signal, ...run })), refused }
  } finally {
    source.close()
  }
}
/** What a newcomer reads in a room here, oldest first. */
async function read(name: string): Promise<SpokenMessage[]> {
  const room = (await reader.rooms()).find((one) => one.name === name)
  if (room === undefined) throw new Error(`there is no room ${name}`)
  await reader.joins(room.id).catch(() => undefined)
  const { messages } = await reader.page('limit=200', room.id)
  return messages.filter((one): one is SpokenMessage => one.kind !== 'notice')
}
const bytesOf = async (message: SpokenMessage | undefined, index = 0): Promise<Buffer> =>
  (await gets(reader, message?.files?.[index]?.id ?? '0')).bytes
const countFiles = async (): Promise<number> =>
  Number((await here.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM files'))[0]?.n)

const plan = randomBytes(200_000)
const notes = Buffer.from('notes of the meeting\n')

/** A room of the other Brook, with files. */
async function says(name: string): Promise<string> {
  const { id } = await ann.makes(name)
  const files = [
    await uploads(ann, plan, { name: 'plan.bin' }),
    await uploads(ann, notes, { name: 'notes.txt' }),
  ]
  const [one, two] = files.map((file) => file.id)
  await ann.ask('PATCH', `/api/files/${one}`, { alt: 'the plan' })
  await ann.ask('POST', `/api/rooms/${id}/messages`, { cid: newCid(), text: '', files: [one, two] })
  await ann.ask('POST', `/api/rooms/${id}/messages`, { cid: newCid(), text: 'without files' })
  await there.archive()
  return id
}

test('another Brook gives its files to whoever may read them there, once', async () => {
  await says('over the wire')
  const token = ann.cookie.replace(/^[^=]*=/, '')
  const remote = () => new Remote({ address: ann.address, token, say: () => undefined, waitMs: () => 0 })
  const first = await bring((refuse) => new OtherBrook(ann.address, remote(), refuse))
  expect(first.files).toBe(2)
  expect(first.refused.filter(({ expected }) => !expected)).toEqual([])
  const [message] = await read('over the wire')
  expect(message).toMatchObject({
    text: '',
    files: [
      { name: 'plan.bin', alt: 'the plan', size: plan.length },
      { name: 'notes.txt', type: 'text/plain' },
    ],
  })
  expect((await bytesOf(message)).equals(plan)).toBe(true)
  expect(await bytesOf(message, 1)).toEqual(notes)
  const before = await countFiles()
  const again = await bring((refuse) => new OtherBrook(ann.address, remote(), refuse))
  expect(again).toMatchObject({ files: 0, messages: 0, edits: 0 })
  expect(await countFiles()).toBe(before)
})

test('an export with files brings them; one without names them', async () => {
  const room = `id:${await says('as a zip')}`
  const out = path.join(folder, 'room.zip')
  const query = { room, format: 'jsonl', zone: 'UTC', from: 1 } as const
  await exportArchive(there.config, { ...query, out, files: true })
  const first = await bring((refuse) => ExportedRooms.open(out, refuse))
  expect(first.files).toBe(2)
  const [message] = await read('as a zip')
  expect((await bytesOf(message)).equals(plan)).toBe(true)
  expect(await bring((refuse) => ExportedRooms.open(out, refuse))).toMatchObject({
    files: 0,
    edits: 0,
    messages: 0,
  })

  const alone = `id:${await says('as lines')}`
  const lines = path.join(folder, 'room.jsonl')
  await exportArchive(there.config, { ...query, room: alone, out: lines })
  await bring((refuse) => ExportedRooms.open(lines, refuse))
  const [named] = await read('as lines')
  expect(named?.files).toBeUndefined()
  expect(named?.text).toBe('📎 plan.bin\n📎 notes.txt')
})

let exports_ = 0
/** An export of a workspace of its own with one room, in which Ann has sent these files. */
async function slackExport(files: object[], more: ExportFiles = {}): Promise<{ zip: string; room: string }> {
  const team = `TF${(exports_ += 1)}`
  const room = `slack-${exports_}`
  const zip = await writeExport(
    {
      'users.json': users.map((one) => ({ ...one, team_id: team })),
      'channels.json': [{ ...channels[0], name: room }],
      [`${room}/2020-01-01.json`]: [
        { type: 'message', user: 'U1', ts: '1577880000.000100', text: 'the plan', files },
        { type: 'message', user: 'U1', ts: '1577880001.000100', text: '', files },
      ],
      ...more,
    },
    folder,
  )
  return { zip, room }
}
const file = (id: string, url = `https://files.slack.com/T1/${id}/plan.bin?t=xoxe-secret`) => ({
  id,
  name: 'plan.bin',
  title: 'The plan',
  mimetype: 'application/octet-stream',
  mode: 'hosted',
  url_private: url,
})

test('Slack: files in a folder, or packed in the export, are the messages’ own', async () => {
  const beside = path.join(folder, 'bytes')
  await mkdir(beside)
  await writeFile(path.join(beside, 'F0AAAAAAA-plan.bin'), plan)
  const { zip, room } = await slackExport([file('F0AAAAAAA'), file('F0MISSING')])
  const open = async (refuse: Refuse) => SlackExport.open(zip, refuse, await folderFiles(beside))
  const first = await bring(open)
  expect(first).toMatchObject({ files: 2, messages: 2 })
  expect(first.refused.map(({ why }) => why)).toEqual([1, 2].map(() => `${beside} has no file F0MISSING`))
  const [message, other] = await read(room)
  expect(message?.text).toBe('the plan\n[The plan](https://files.slack.com/T1/F0MISSING/plan.bin)')
  expect(message?.files).toMatchObject([{ name: 'plan.bin', size: plan.length }])
  expect(other?.text).toBe('[The plan](https://files.slack.com/T1/F0MISSING/plan.bin)')
  expect((await bytesOf(other)).equals(plan)).toBe(true)
  const before = await countFiles()
  expect(await bring(open)).toMatchObject({ files: 0, messages: 0, edits: 0, known: 2 })
  expect(await countFiles()).toBe(before)

  const packed = await slackExport([file('F0BBBBBBB')], { '__uploads/F0BBBBBBB/plan.bin': notes })
  expect(await bring((refuse) => SlackExport.open(packed.zip, refuse))).toMatchObject({
    files: 2,
    refused: [],
  })
  expect(await bytesOf((await read(packed.room))[1])).toEqual(notes)
})

interface Asked {
  url: string
  token: string | undefined
}
async function slackServer(): Promise<{ server: Server; address: string; asked: Asked[] }> {
  const asked: Asked[] = []
  let failures = 1
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    asked.push({ url, token: headers.authorization })
    if (url === '/busy' && failures > 0) {
      failures -= 1
      response.writeHead(429, { 'retry-after': '0' }).end()
    } else if (url === '/gone') response.writeHead(302, { location: 'https://slack.com/signin' }).end()
    else if (url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>sign in')
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(plan)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test('Slack: files are fetched with a token, which goes to Slack alone; what cannot be had stays a link', async () => {
  const { server, address, asked } = await slackServer()
  const names = ['busy', 'gone', 'page']
  const { zip, room } = await slackExport(
    names.map((name, at) => file(`F0CCCCCC${at}`, `${address}/${name}`)),
  )
  const from = { token: 'xoxp-1', mayBePrivate: true, waitMs: () => 0 }
  const opened = (bytes: SlackBytes) => (refuse: Refuse) => SlackExport.open(zip, refuse, bytes)
  const first = await bring(opened(fetchedFiles({ ...from, isSlack: () => true })))
  expect(first.files).toBe(2)
  expect(first.refused.slice(0, 2).map(({ why }) => why)).toEqual([
    'Slack does not give it: the token of its address is no longer valid',
    'Slack does not give it: it asks to sign in',
  ])
  expect(asked.every(({ token }) => token === 'Bearer xoxp-1')).toBe(true)
  const [message] = await read(room)
  expect(message?.text.split('\n')).toHaveLength(3)
  expect((await bytesOf(message)).equals(plan)).toBe(true)

  // Anybody may write any address into an export.
  const stop = new AbortController().signal
  const get = (bytes: SlackBytes) => bytes(file('F0DDDDDDD', `${address}/busy`))?.(stop)
  asked.length = 0
  expect(await get(fetchedFiles({ ...from, mayBePrivate: false }))).toBe(
    'its address is not one of the internet',
  )
  expect(asked).toEqual([])
  await get(fetchedFiles(from))
  expect(asked).toEqual([{ url: '/busy', token: undefined }])
  server.closeAllConnections()
  server.close()
})
