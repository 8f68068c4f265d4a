// brook doctor: all is well in a workspace that was lived in; each way in which a table can be damaged is found by its check, and what
// can be rebuilt is as it was.
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examine, type DoctorDeps, type DoctorReport } from '../../server/doctor/doctor.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { dot, freshBytes, sha256, uploads } from '../support/uploads.ts'

let brook: Brook
let ann: Person
let bob: Person
let deps: DoctorDeps
let room: number
let direct: number
/** Numbers of messages, by what they are. */
const at: Record<
  'plain' | 'edited' | 'deleted' | 'root' | 'reply' | 'naming' | 'reacted' | 'pinned' | 'poll' | 'filed' | 'last',
  number
> = { plain: 0, edited: 0, deleted: 0, root: 0, reply: 0, naming: 0, reacted: 0, pinned: 0, poll: 0, filed: 0, last: 0 }
const bytes = freshBytes()

beforeAll(async () => {
  brook = await Brook.start()
  deps = {
    db: brook.db,
    redis: brook.connections,
    shards: 1,
    blobs: new DiskStore(path.join(brook.dataDir, 'files')),
  }
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
  room = Number((await brook.meet(ann, bob)).id)
  await live()
})
afterAll(() => brook.stop())

const acts = async (who: Person, command: object): Promise<number> => {
  const cid = newCid()
  who.tells({ room: String(room), cid, ...command })
  return (await who.acked(cid)).seq
}
const says = (who: Person, text: string, more: object = {}): Promise<number> =>
  acts(who, { type: 'send', text, ...more })

/** A bit of everything that a room can have. */
async function live(): Promise<void> {
  const base = `/api/rooms/${room}`
  at.plain = await says(ann, 'good morning')
  at.edited = await says(ann, 'first words')
  for (const text of ['second words', 'third words']) await acts(ann, { type: 'edit', seq: at.edited, text })
  at.deleted = await says(bob, 'never mind, @Ann')
  at.root = await says(ann, 'shall we?')
  at.reply = await says(bob, 'yes', { thread: at.root })
  await says(ann, 'then let us', { thread: at.root, alsoInRoom: true })
  at.naming = await says(ann, 'have a look, @Bob')
  at.reacted = await says(bob, 'done')
  for (const on of [true, false, true]) await acts(ann, { type: 'react', seq: at.reacted, emoji: '🎉', on })
  await acts(bob, { type: 'react', seq: at.reacted, emoji: '👍', on: true })
  at.pinned = await says(bob, 'the address')
  await acts(ann, { type: 'pin', seq: at.pinned, on: true })
  const poll = await ann.ask<{ seq: number }>('POST', `${base}/polls`, {
    ...{ cid: newCid(), question: 'Lunch?', options: ['Noodles', 'Rice'] },
  })
  at.poll = poll.body.seq
  await bob.ask('PUT', `${base}/polls/${at.poll}/vote`, { cid: newCid(), choices: [1] })
  const file = await uploads(ann, bytes, { name: 'notes.txt' })
  at.filed = await says(ann, '', { files: [file.id] })
  const picture = await uploads(bob, new Uint8Array(dot), { name: 'dot.png' })
  await says(bob, 'look', { files: [picture.id] })
  await ann.ask('GET', `/api/files/${picture.id}/preview?width=400`).catch(() => undefined)
  const opened = await ann.ask<{ room: { id: string } }>('POST', '/api/directs', { people: [bob.user.id] })
  direct = Number(opened.body.room.id)
  await says(ann, 'psst', { room: String(direct) })
  await until(() =>
    brook.db.rows('SELECT 1 FROM notifications WHERE seq = ?', [at.deleted]).then((rows) => rows.length > 0),
  )
  await acts(bob, { type: 'delete', seq: at.deleted })
  at.last = await says(bob, 'good night')
  await until(() =>
    brook.db
      .rows('SELECT 1 FROM notifications WHERE seq = ? AND gone_seq IS NOT NULL', [at.deleted])
      .then((rows) => rows.length > 0),
  )
  ann.tells({ type: 'read', room: String(room), seq: at.last })
  await brook.archive()
  await brook.index()
}

const look = (repair = false): Promise<DoctorReport> => examine(deps, { repair, againAfterMs: 0 })
const wrong = ({ checks }: DoctorReport): string[] =>
  checks.flatMap(({ name, count, repaired }) => (count > repaired ? name : []))
const sql = (text: string, ...params: (number | string | null)[]) => brook.db.run(text, params)
const message = 'WHERE room_id = ? AND seq = ?'
const blobPath = (): string => {
  const hash = sha256(bytes)
  return path.join(brook.dataDir, 'files/blobs', hash.slice(0, 2), hash)
}
const previewKey = async (): Promise<string> => {
  for await (const { key } of deps.blobs.list('previews/')) return key
  throw new Error('there is no preview')
}
const fileOf = (seq: number) => [room, seq] as const

interface Damage {
  what: string
  /** The names of the checks that find it. */
  found: string[]
  does: () => Promise<unknown>
  /** What cannot be rebuilt is put back by hand. */
  undo?: () => Promise<unknown>
}

/** Of rows that are put back as they were. */
const lost = (what: string, found: string[], table: string, which: string, ...params: number[]): Damage => {
  const copy = 'kept_for_test'
  return {
    what,
    found,
    does: async () => {
      await sql(`CREATE TABLE ${copy} AS SELECT * FROM ${table} ${which}`, ...params)
      await sql(`DELETE FROM ${table} ${which}`, ...params)
    },
    undo: async () => {
      await sql(`INSERT INTO ${table} SELECT * FROM ${copy}`)
      await sql(`DROP TABLE ${copy}`)
    },
  }
}

const damages = (): Damage[] => [
  {
    what: 'a message is gone, and the log has it',
    found: ['numbers'],
    does: () => sql(`DELETE FROM messages ${message}`, room, at.plain),
  },
  {
    what: 'an edited message is gone, and the log has it and its edits',
    found: ['numbers'],
    does: () => sql(`DELETE FROM messages ${message}`, room, at.edited),
  },
  {
    what: 'a change is gone, and the log has it',
    found: ['numbers', 'reactions'],
    does: () => sql(`DELETE FROM changes ${message}`, room, at.reacted + 3),
  },
  {
    what: 'other words',
    found: ['words'],
    does: () => sql(`UPDATE messages SET text = 'good evening' ${message}`, room, at.plain),
    undo: () => sql(`UPDATE messages SET text = 'good morning' ${message}`, room, at.plain),
  },
  {
    what: 'another author',
    found: ['words', 'search'],
    does: () => sql(`UPDATE messages SET user_id = ? ${message}`, bob.user.id, room, at.plain),
    undo: () => sql(`UPDATE messages SET user_id = ? ${message}`, ann.user.id, room, at.plain),
  },
  {
    what: 'an edit that the message does not say',
    found: ['edits'],
    does: () => sql(`UPDATE messages SET text = 'second words' ${message}`, room, at.edited),
    undo: () => sql(`UPDATE messages SET text = 'third words' ${message}`, room, at.edited),
  },
]

test('all is well in a workspace that was lived in, in each check and in one room', async () => {
  const report = await look()
  expect(report.checks.filter(({ count }) => count > 0)).toEqual([])
  expect(report).toMatchObject({ ok: true, rooms: 3 })
  for (const { name, rows } of report.checks.filter(({ name: one }) => one !== 'log' && one !== 'dead-letters'))
    expect([name, rows > 0]).toEqual([name, true])
  const one = await examine(deps, { room: String(direct), againAfterMs: 0 })
  expect([one.ok, one.rooms]).toEqual([true, 1])
})
void [lost, readFile, rm, writeFile, keysOf, blobPath, previewKey, fileOf, damages, wrong]
