// The server is killed again and again while people upload files and send them: every message that was said is there once, each
// of its files has the bytes that were sent, and after the sweep nothing else is left. Some uploads are given up in the middle.
// `node test/fault/uploads.mjs --kills 50 --megabytes 50 --people 4`
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Blobs } from '../../server/files/blobs.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import { sweep } from '../../server/files/sweep/sweep.ts'
import { Hashes } from '../../server/files/uploads/hashes.ts'
import { Parts } from '../../server/files/uploads/parts.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { fileLimits } from '../../server/protocol/file-limits.ts'
import { cidBytes } from '../../server/history/sql/insert.ts'
import { Person } from '../support/person.ts'
import { begins, offsetOf, sends, sha256 } from '../support/uploads.ts'
import { Cluster } from './cluster.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    megabytes: { type: 'string', default: '50' },
    people: { type: 'string', default: '3' },
  },
})
const [kills, megabytes, people] = [Number(values.kills), Number(values.megabytes), Number(values.people)]
const pieceBytes = 1024 * 1024

interface Sent {
  user: string
  cid: string
  files: { id: string; hash: string }[]
}

const dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-uploads-'))
const cluster = await Cluster.open({
  servers: 1,
  syncs: 1,
  envOf: (name) => (name.startsWith('server') ? { DATA_DIR: dataDir } : {}),
})
const [address = ''] = cluster.addresses
const sent: Sent[] = []
const counts = { resumed: 0, givenUp: 0, bytes: 0 }
let isOver = false

/** Again until there is an answer: the server may just have been killed. */
async function insists<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    await pause(50)
  }
}

/** The id of the whole file; undefined: it was given up. */
async function uploads(
  who: Person,
  bytes: Buffer<ArrayBuffer>,
  givesUp: boolean,
): Promise<string | undefined> {
  const cid = newCid()
  const place = await insists(async () => {
    const { status, headers } = await begins(who, bytes.length, { cid, name: `${cid}.bin` })
    return status === 201 ? (headers.get('location') ?? undefined) : undefined
  })
  for (let offset = 0; offset < bytes.length;) {
    if (givesUp && offset > bytes.length / 2) {
      counts.givenUp += 1
      return undefined
    }
    const piece = bytes.subarray(offset, offset + pieceBytes)
    const status = await sends(who, place, offset, piece).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 204) {
      offset += piece.length
      counts.bytes += piece.length
      continue
    }
    counts.resumed += 1
    offset = await insists(async () => {
      const known = await offsetOf(who, place)
      return Number.isInteger(known) ? known : undefined
    })
  }
  return place.split('/').at(-1)
}

async function talks(who: Person): Promise<void> {
  while (!isOver) {
    const files: Sent['files'] = []
    for (let n = randomInt(1, 3); n > 0; n -= 1) {
      // Few pieces, or the test is slowed by its own dice more than by the server.
      const bytes = Buffer.alloc(randomInt(pieceBytes, megabytes * pieceBytes + 1), randomBytes(4_099))
      const id = await uploads(who, bytes, randomInt(10) === 0)
      if (id !== undefined) files.push({ id, hash: sha256(bytes) })
    }
    if (files.length === 0) continue
    const cid = newCid()
    await insists(async () => {
      const body = { cid, text: '', files: files.map(({ id }) => id) }
      const { status } = await who.ask('POST', `/api/rooms/${who.room}/messages`, body)
      return status === 201 ? true : undefined
    })
    sent.push({ user: who.user.id, cid, files })
  }
}

const everybody: Person[] = []
for (let n = 0; n < people; n += 1) {
  const person = await Person.arrive(address, `Uploader ${n}`)
  if (n === 0) await person.makes('files')
  else await person.joins(everybody[0]?.room ?? '')
  everybody.push(person)
}
const talking = everybody.map((person) => talks(person))
const [station] = cluster.servers
if (station === undefined) throw new Error('there is no server')
for (let n = 0; n < kills; n += 1) {
  await pause(randomInt(100, 1_500))
  await station.process.end('SIGKILL')
  await cluster.start(station)
}
isOver = true
await Promise.all(talking)
while (!(await cluster.isArchived().catch(() => false))) await pause(100)

const wrong: string[] = []
for (const { user, cid, files } of sent) {
  const rows = await cluster.db.rows<{ body: string }>(
    'SELECT body FROM messages WHERE user_id = ? AND cid = ?',
    [BigInt(user), cidBytes(cid)],
  )
  if (rows.length !== 1) wrong.push(`message ${cid} is there ${rows.length} times`)
  for (const { id, hash } of files) {
    const answer = await fetch(`${address}/api/files/${id}/content`, {
      headers: { cookie: everybody[0]?.cookie ?? '' },
    })
    const sum = createHash('sha256')
    for await (const chunk of answer.body ?? []) sum.update(chunk as Uint8Array)
    if (answer.status !== 200 || sum.digest('hex') !== hash) wrong.push(`file ${id} is not what was sent`)
    if (!(rows[0]?.body ?? '').includes(`"id":"${id}"`)) wrong.push(`message ${cid} does not hold file ${id}`)
  }
}
await station.process.end('SIGKILL')
const store = new DiskStore(path.join(dataDir, 'files'))
const swept = await sweep({
  db: cluster.db,
  log: { hasOpened: true, tail: () => undefined },
  blobs: new Blobs({ db: cluster.db, store }),
  parts: new Parts(path.join(dataDir, 'uploads'), new Hashes()),
  signal: new AbortController().signal,
  now: () => Date.now() + fileLimits.unsentMs + fileLimits.youngMs,
})
const wanted = new Set(sent.flatMap(({ files }) => files.map(({ hash }) => hash)))
const kept: string[] = []
for await (const { key } of store.list('blobs/')) kept.push(key.slice('blobs/'.length))
for (const hash of kept) if (!wanted.has(hash)) wrong.push(`nobody has blob ${hash}`)
for (const hash of wanted) if (!kept.includes(hash)) wrong.push(`blob ${hash} is gone`)
const parts = await readdir(path.join(dataDir, 'uploads')).catch(() => [])
if (parts.length > 0) wrong.push(`${parts.length} parts are left`)
const rows = await cluster.db.rows('SELECT id FROM files WHERE seq IS NULL')
if (rows.length > 0) wrong.push(`${rows.length} files without a message are left`)
console.log(
  [
    `killed               ${kills} times`,
    `messages             ${sent.length} with ${wanted.size} files; ${Math.round(counts.bytes / pieceBytes)} MB arrived`,
    `resumed, given up    ${counts.resumed}, ${counts.givenUp}`,
    `swept                ${JSON.stringify(swept)}`,
    `wrong                ${wrong.length + cluster.crashes.length}`,
    ...wrong.slice(0, 10),
    ...cluster.crashes,
  ].join('\n'),
)
await cluster.close()
await rm(dataDir, { recursive: true, force: true })
process.exit(wrong.length + cluster.crashes.length === 0 && sent.length > 0 ? 0 : 1)
