// A backup while people talk, and its restore into a fresh Brook: everything is the same. What is damaged, cut off, or not ours is
// refused in one line, and nothing is written; whoever is killed in between goes on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backUp } from '../../server/backup/back-up.ts'
import { makeNightly } from '../../server/backup/nightly.ts'
import { openPlace } from '../../server/backup/place.ts'
import { whatIsThere } from '../../server/backup/progress.ts'
import { readReports, takeTurn } from '../../server/backup/records.ts'
import { restore, type RestoreOptions, type RestoredAll } from '../../server/backup/restore.ts'
import { Db } from '../../server/db.ts'
import { openExisting } from '../../server/cli/ready.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { BackupsAnswer } from '../../server/protocol/backups.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { SearchAnswer } from '../../server/protocol/search.ts'
import { numbersOf } from '../../server/log/unarchived.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { emptyDatabase, emptyStores } from '../support/empty-stores.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import type { PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { freshBytes, gets, uploads } from '../support/uploads.ts'

const passphrase = 'five words that nobody guesses'
const folder = testFolder()
const place = openPlace(folder)
const name = 'brook.backup'
const filesIn = 'brook.files'
const options = { place, name, passphrase }

let brook: Brook
let fresh: PrivateStores
let ann: Person
let bob: Person
let garden: RoomSummary
/** For what takes a process to start, in ms. */
const slow = 60_000
const picture = freshBytes(70_000)
let pictureId = ''

beforeAll(async () => {
  ;[brook, fresh] = await Promise.all([Brook.start(), emptyStores()])
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
  await brook.makesAdmin(ann)
  garden = await ann.makes('garden')
  await bob.joins(garden.id)
  await tells()
})
afterAll(() => Promise.all([brook.stop(), fresh.stop()]))

/** Something of most kinds, some of it not archived yet. */
async function tells(): Promise<void> {
  const { seq } = await ann.acked(ann.says('the first word 🌱'))
  await bob.acked(bob.says('an answer', { replyTo: seq }))
  const cid = newCid()
  const { id } = await uploads(ann, picture, { name: 'picture.bin', cid })
  pictureId = id
  ann.tells({ type: 'send', room: garden.id, cid, text: '', files: [id] })
  await ann.acked(cid)
  await ann.ask('PUT', `/api/saved/${garden.id}/${seq}`)
  await ann.ask('PATCH', '/api/workspace', { name: 'The garden' })
  await brook.archive()
  await brook.index()
  const edit = newCid()
  ann.tells({ type: 'edit', room: garden.id, seq, cid: edit, text: 'the first word, changed' })
  await ann.acked(edit)
  await bob.acked(bob.says('said, and not archived'))
}

const there = () => ({ ...brook.config, ...fresh.given, dataDir: path.join(folder, 'new') })
const tablesThere = async (): Promise<unknown[]> => {
  const db = new Db(fresh.mysql, 1)
  return db.rows('SHOW TABLES').finally(() => db.close())
}
const restores = (more: Partial<RestoreOptions> = {}): Promise<RestoredAll> =>
  restore(there(), { ...options, ...more })
const why = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it was done',
    (error: Error) => error.message,
  )

/** What they see, where they are. */
async function seen(person: Person, upTo: number): Promise<unknown> {
  const ask = async (path: string): Promise<unknown> => (await person.ask('GET', path)).body
  const page = await person.page(`limit=200&before=${upTo + 1}`, garden.id)
  const { body } = await person.ask<SearchAnswer>('GET', '/api/search?q=first')
  const file = await gets(person, pictureId)
  return {
    messages: page.messages,
    people: ((await ask('/api/people')) as { people: { id: string; name: string }[] }).people.map(
      ({ id, name: called }) => [id, called],
    ),
    saved: await ask('/api/saved'),
    workspace: await ask('/api/workspace'),
    who: await ask('/api/session'),
    found: body.hits.map(({ message }) => message.seq),
    file: file.bytes.equals(picture),
  }
}

/** The restored Brook, until `work` is done. */
async function withRestored(work: (restored: Brook, stores: PrivateStores) => Promise<void>): Promise<void> {
  const restored = await Brook.start({ dataDir: there().dataDir }, Promise.resolve(fresh))
  const old = ann.address
  try {
    ann.address = restored.servers[0]?.address ?? ''
    await work(restored, fresh)
  } finally {
    ann.address = old
    for (const server of restored.servers) await server.close()
    restored.connections.close()
    await restored.db.close()
  }
}

async function empties(): Promise<void> {
  await emptyDatabase(fresh)
  await rm(there().dataDir, { recursive: true, force: true })
}

test('what was said while it was made is in it up to a number of each room; restored, everybody finds what they had', async () => {
  let said = 0
  let isOver = false
  const talking = (async () => {
    for (; !isOver; said += 1) await bob.acked(bob.says(`meanwhile ${said}`))
  })()
  await until(() => said > 3)
  const made = await backUp(brook.config, { ...options, filesIn })
  isOver = true
  await talking
  expect(made).toMatchObject({ files: 1, addedFiles: 1, lostFiles: [] })
  expect(made.entries).toBeGreaterThan(1)
  const { end, lostFiles, refused, broughtFiles } = await restores()
  expect({ lostFiles, refused, broughtFiles }).toEqual({ lostFiles: [], refused: 0, broughtFiles: 1 })
  const reach = new Map(end.rooms).get(garden.id) ?? 0
  expect(reach).toBeGreaterThan(4)
  await brook.archive()
  const before = await seen(ann, reach)
  await withRestored(async (restored) => {
    await restored.archive()
    await restored.index()
    expect(await seen(ann, reach)).toEqual(before)
    const again = ann.again()
    again.room = garden.id
    await again.connects()
    expect(await again.acked(again.says('a new day'))).toMatchObject({ seq: reach + 1 })
    again.drops()
  })
  // The next one adds no file that is there.
  expect(await backUp(brook.config, { ...options, filesIn })).toMatchObject({ files: 1, addedFiles: 0 })
  expect(await why(restores())).toMatch(/^This database has a Brook with \d+ accounts\./)
})

test('a wrong passphrase, a cut file, a flipped byte and another form: one line each, and nothing is written', async () => {
  await empties()
  const whole = await readFile(path.join(folder, name))
  const damaged = async (bytes: Uint8Array): Promise<string> => {
    await writeFile(path.join(folder, 'bad.backup'), bytes)
    return why(restores({ name: 'bad.backup' }))
  }
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
  expect(await why(restores({ passphrase: 'some other words of mine' }))).toBe(
    'The passphrase does not open brook.backup.',
  )
  expect(await why(restores({ name: 'none.backup' }))).toMatch(/^There is no .*none\.backup\.$/)
  expect(await damaged(Buffer.from('not a backup'))).toMatch(/^bad\.backup is not a backup of Brook/)
  for (const bytes of [
    flipped(200),
    flipped(Math.floor(whole.length / 2)),
    flipped(whole.length - 1),
    whole.subarray(0, Math.floor(whole.length / 2)),
    whole.subarray(0, -1),
  ])
    expect(await damaged(bytes)).toMatch(/^bad\.backup is damaged or cut off/)
  const other = { ...there(), logShards: 4 }
  expect(await why(restore(other, options))).toBe('The backup has 1 shards of the log. Set LOG_SHARDS=1.')
  expect(await tablesThere()).toEqual([])
  expect(existsSync(there().dataDir)).toBe(false)
})

test('what was acknowledged later is named while the old Redis is there, and its numbers are not given again', async () => {
  const { seq } = await ann.acked(ann.says('after the backup'))
  await fresh.redisProcess.kill('SIGTERM')
  await rm(path.join(fresh.folder, 'redis/appendonlydir'), { recursive: true })
  await fresh.redisProcess.start()
  const { missing, names, end } = await restores({ oldRedis: brook.config.redis })
  const reach = new Map(end.rooms).get(garden.id) ?? 0
  expect(missing).toContainEqual({ room: garden.id, from: reach + 1, to: seq })
  expect(names.get(garden.id)).toBe('garden')
  const redis = new RedisProvider(fresh.redis)
  const { asker } = redis.shard(0)
  await redis.ready(10_000)
  // The next one is above it, and each room hears of what it has lost.
  expect((await numbersOf(asker, 0)).get(garden.id)).toBe(seq)
  redis.close()
  const db = new Db(fresh.mysql, 1)
  const notices = await db.rows<{ happening: string }>('SELECT happening FROM untold_notices')
  await db.close()
  expect(notices.map(({ happening }) => happening).join()).toContain(`"to":${seq}`)
})

/** A backup or a restore as a process. `killed`: by SIGKILL, in the middle. */
function begins(what: 'backup' | 'restore'): { killed: () => Promise<void> } {
  const config = what === 'backup' ? brook.config : there()
  const told = JSON.stringify({ do: what, config, place: folder, name, passphrase, filesIn })
  const child = spawn(process.execPath, [path.join(root, 'dist/test/backups.js'), told], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const gone = once(child, 'exit')
  return {
    killed: async () => {
      child.kill('SIGKILL')
      expect((await gone)[1]).toBe('SIGKILL')
    },
  }
}

test('killed in the middle, a backup leaves the one before it', async () => {
  const before = await readFile(path.join(folder, name))
  const admin = new Db({ ...brook.stores.admin, database: 'brook' }, 1)
  // It waits for this table, which the one connection has.
  await admin.run('LOCK TABLES users WRITE')
  const backup = begins('backup')
  await until(() => existsSync(path.join(folder, `.${filesIn}.half/backup`)), Boolean, slow)
  await backup.killed()
  await admin.run('UNLOCK TABLES')
  await admin.close()
  expect((await readFile(path.join(folder, name))).equals(before)).toBe(true)
  await backUp(brook.config, { ...options, filesIn })
  expect(existsSync(path.join(folder, `.${filesIn}.half`))).toBe(false)
})

test('killed in the middle, a restore goes on; until it is done, no Brook starts there', async () => {
  await empties()
  const db = new Db(fresh.mysql, 2)
  const part = (): Promise<string | null | undefined> =>
    db.rows<{ part: string | null }>('SELECT part FROM restoring').then(
      ([row]) => row?.part,
      () => undefined,
    )
  const first = begins('restore')
  await until(async () => (await part()) !== undefined, Boolean, slow)
  // Held back where it says how far it has come, it is in the middle.
  await db.transaction(async (tx) => {
    await tx.rows('SELECT part FROM restoring FOR UPDATE')
    const waiting = `SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'UPDATE restoring SET part%'`
    await until(async () => (await tx.rows(waiting)).length > 0, Boolean, slow)
    await first.killed()
  })
  expect(await why(openExisting(there(), () => undefined, 'brook server'))).toMatch(/has not been finished/)
  expect(await why(whatIsThere(db, 'another'))).toMatch(/^A restore of another backup/)
  const { end } = await restores()
  for (const table of ['memberships', 'sessions', 'files', 'search_postings', 'server_keys']) {
    const [count] = await db.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)
    expect([table, Number(count?.n)]).toEqual([table, end.rows[table]])
  }
  await db.close()
})

test('by the clock: made, restored beside, noted, kept by the rule; a damaged one says why', async () => {
  const nights = path.join(folder, 'nights')
  const backup = { to: nights, label: nights, cron: '0 30 3 * * *', passphrase }
  const config = { ...brook.config, backup }
  expect(await takeTurn(brook.db, 'one', 'clock')).toBe(true)
  expect(await takeTurn(brook.db, 'two', 'request')).toBe(false)
  expect(await makeNightly(config, 'one')).toMatchObject({ state: 'good', files: 1 })
  // The same night, another server with a slower clock.
  expect(await takeTurn(brook.db, 'two', 'clock')).toBe(false)
  const beside = `SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '%rehearsal'`
  expect(await brook.db.rows(beside)).toEqual([])
  // An old one and its file go; the one of today stays, with its file.
  const nightly = openPlace(nights)
  const [today = ''] = (await nightly.names()).filter((one) => one.endsWith('.backup'))
  await copyFile(path.join(nights, today), path.join(nights, 'brook-20200101T033000Z.backup'))
  await copyFile(path.join(nights, today), path.join(nights, 'brook-20200101T043000Z.backup'))
  expect(await takeTurn(brook.db, 'three', 'request')).toBe(true)
  expect((await makeNightly(config, 'three')).state).toBe('good')
  const names = await nightly.names()
  expect(names).toContain('brook-20200101T043000Z.backup')
  expect(names).not.toContain('brook-20200101T033000Z.backup')
  const blobs: string[] = []
  for await (const { key } of nightly.files('brook.files').list('files/')) blobs.push(key)
  expect(blobs).toHaveLength(1)
  // Its place cannot be written to.
  await writeFile(path.join(folder, 'file'), '')
  const nowhere = { ...config, backup: { ...backup, to: path.join(folder, 'file/below') } }
  expect(await takeTurn(brook.db, 'four', 'request')).toBe(true)
  expect(await makeNightly(nowhere, 'four')).toMatchObject({ state: 'failed' })
  const [failed, ...good] = await readReports(brook.db, false)
  expect(failed).toMatchObject({
    state: 'failed',
    why: expect.stringMatching(/ENOTDIR|file\/below/) as string,
  })
  expect(good.map(({ state }) => state)).toEqual(['good', 'good'])
})

test('administrators see them, and ask for one', async () => {
  const nights = path.join(folder, 'asked')
  const backup = { to: nights, label: nights, cron: '0 30 3 * * *', passphrase }
  const address = await brook.serve({ backup })
  const admin = ann.again()
  admin.address = address
  expect(await bob.tries('POST', '/api/admin/backups')).toBe('not_found')
  expect(await ann.tries('POST', '/api/admin/backups')).toBe('no_backups')
  const { status, body } = await admin.ask<BackupsAnswer>('POST', '/api/admin/backups')
  expect([status, body.to, body.isRunning]).toEqual([202, nights, true])
  const look = async (): Promise<BackupsAnswer> =>
    (await admin.ask<BackupsAnswer>('GET', '/api/admin/backups')).body
  await until(async () => (await look()).backups[0]?.state === 'good', Boolean, slow)
  expect((await look()).backups[0]).toMatchObject({ state: 'good', removed: false })
})
