// brook doctor: all is well in a workspace that was lived in; each way in which a table can be damaged is found by its check, and what
// can be rebuilt is as it was.
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../server/doctor/checks/index.ts'
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
  | 'plain'
  | 'edited'
  | 'deleted'
  | 'root'
  | 'reply'
  | 'naming'
  | 'reacted'
  | 'pinned'
  | 'poll'
  | 'filed'
  | 'last',
  number
> = {
  plain: 0,
  edited: 0,
  deleted: 0,
  root: 0,
  reply: 0,
  naming: 0,
  reacted: 0,
  pinned: 0,
  poll: 0,
  filed: 0,
  last: 0,
}
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

const look = (chosen = checks): Promise<DoctorReport> =>
  examine(deps, { checks: chosen, repair: true, againAfterMs: 0 })
const sql = (text: string, ...params: (number | string | null)[]) => brook.db.run(text, params)
const message = 'WHERE room_id = ? AND seq = ?'
const blobPath = (): string => {
  const hash = sha256(bytes)
  return path.join(brook.dataDir, 'files/blobs', hash.slice(0, 2), hash)
}
const overwrite = (file: string, what: Uint8Array): Promise<void> =>
  rm(file).then(() => writeFile(file, what))
/** The path of the only one. */
async function preview(): Promise<string> {
  for await (const { key } of deps.blobs.list('previews/')) {
    const [, hash = '', name = ''] = key.split('/')
    return path.join(brook.dataDir, 'files/previews', hash.slice(0, 2), hash, name)
  }
  throw new Error('there is no preview')
}

/** What is put back as it was: rows of a table, and a column of one message. */
const lost = (what: string, found: string[], table: string, which: string, ...params: number[]): Damage => ({
  what,
  found,
  does: async () => {
    await sql(`CREATE TABLE kept_for_test AS SELECT * FROM ${table} WHERE ${which}`, ...params)
    await sql(`DELETE FROM ${table} WHERE ${which}`, ...params)
  },
  undo: async () => {
    await sql(`INSERT INTO ${table} SELECT * FROM kept_for_test`)
    await sql('DROP TABLE kept_for_test')
  },
})
const changed = (
  what: string,
  found: string[],
  seq: number,
  column: string,
  to: number | string | null,
): Damage => {
  let before: number | string | null = null
  const set = (value: number | string | null) =>
    sql(`UPDATE messages SET ${column} = ? ${message}`, value, room, seq)
  return {
    what,
    found,
    does: async () => {
      const rows = await brook.db.rows<{ was: typeof before }>(
        `SELECT ${column} AS was FROM messages ${message}`,
        [room, seq],
      )
      before = rows[0]?.was ?? null
      await set(to)
    },
    undo: () => set(before),
  }
}
const repaired = ({ undo: _undo, ...damage }: Damage): Damage => damage
const row = (what: string, found: string[], text: string, ...params: (number | string | null)[]): Damage => ({
  what,
  found,
  does: () => sql(text, ...params),
})

interface Damage {
  what: string
  /** The names of the checks that find it. */
  found: string[]
  does: () => Promise<unknown>
  /** By hand, what cannot be rebuilt; missing: --repair does it. */
  undo?: () => Promise<unknown>
}

const ofMessages = (): Damage[] => [
  row('a message is gone', ['numbers'], `DELETE FROM messages ${message}`, room, at.plain),
  row('an edited one is gone', ['numbers'], `DELETE FROM messages ${message}`, room, at.edited),
  row('a poll is gone', ['numbers'], `DELETE FROM messages ${message}`, room, at.poll),
  row('a thread has lost its beginning', ['numbers'], `DELETE FROM messages ${message}`, room, at.root),
  row('a change is gone', ['numbers'], `DELETE FROM changes ${message}`, room, at.reacted + 3),
  changed('other words', ['words', 'search'], at.plain, 'text', 'good evening'),
  changed('another author', ['words', 'search'], at.plain, 'user_id', bob.user.id),
  changed('another time', ['words'], at.plain, 'log_ms', 1),
  changed('not the last edit', ['edits', 'search'], at.edited, 'text', 'second words'),
  changed('an edit that is not noted', ['edits'], at.edited, 'edited_seq', null),
  changed('called edited', ['edits'], at.plain, 'edited_seq', at.last),
  changed('a deleted message is shown', ['deletions'], at.deleted, 'deleted_ms', null),
  changed('a deleted message has words', ['deletions', 'search'], at.deleted, 'text', 'never mind'),
  changed('deleted without a reason', ['deletions'], at.plain, 'deleted_ms', 1),
  changed('words are gone', ['words', 'deletions', 'search'], at.plain, 'text', null),
]

const besideMessages = (): Damage[] => {
  const place = [room, at.reacted] as const
  return [
    row(
      'a reaction is gone',
      ['reactions'],
      'DELETE FROM reactions WHERE room_id = ? AND target = ?',
      ...place,
    ),
    row(
      'a reaction is off',
      ['reactions'],
      'UPDATE reactions SET is_on = 0 WHERE room_id = ? AND target = ?',
      ...place,
    ),
    row(
      'a reaction of nobody',
      ['reactions'],
      "INSERT INTO reactions (room_id, target, emoji, user_id, user_name, is_on, seq) VALUES (?, ?, 'x', 1, 'x', 1, 1)",
      ...place,
    ),
    repaired(changed('reactions are not looked at', ['reactions'], at.reacted, 'is_reacted', 0)),
    row('a pin is gone', ['pins'], 'DELETE FROM pins WHERE room_id = ?', room),
    row('a pin is off', ['pins'], 'UPDATE pins SET is_on = 0 WHERE room_id = ?', room),
    repaired(changed('votes are gone', ['votes-and-cards'], at.poll, 'state', null)),
    repaired(
      changed('other votes', ['votes-and-cards'], at.poll, 'state', '{"seq":1,"fields":{"votes":[]}}'),
    ),
    repaired(
      changed('votes where none were', ['votes-and-cards'], at.plain, 'state', '{"seq":1,"fields":{}}'),
    ),
    repaired(changed('a wrong number of replies', ['threads'], at.root, 'replies', 7)),
    repaired(changed('another last reply', ['threads'], at.root, 'replied_seq', at.reply)),
    repaired(changed('other faces', ['threads'], at.root, 'repliers', '[]')),
    row(
      'a reply is not listed',
      ['threads'],
      'DELETE FROM replies WHERE room_id = ? AND seq = ?',
      room,
      at.reply,
    ),
    row(
      'a reply of another',
      ['threads'],
      'INSERT INTO replies (room_id, thread, seq) VALUES (?, ?, ?)',
      room,
      at.root,
      at.plain,
    ),
    row(
      'a mention is gone',
      ['mentions'],
      'DELETE FROM mentions WHERE room_id = ? AND seq = ?',
      room,
      at.naming,
    ),
    row(
      'a mention of nothing',
      ['mentions'],
      'INSERT INTO mentions VALUES (?, ?, ?, 1)',
      bob.user.id,
      room,
      at.plain,
    ),
    row('read too far', ['read-markers'], 'UPDATE memberships SET read_seq = 999 WHERE room_id = ?', room),
    row(
      'joined too late',
      ['read-markers'],
      'UPDATE memberships SET joined_seq = 999 WHERE room_id = ?',
      room,
    ),
    row(
      'a thread read too far',
      ['read-markers'],
      'UPDATE followed_threads SET read_seq = 999 WHERE room_id = ?',
      room,
    ),
  ]
}

const ofIndex = (): Damage[] => [
  row('words are not found', ['search'], 'DELETE FROM search_postings WHERE room_id = ? LIMIT 3', room),
  row(
    'words are found elsewhere',
    ['search'],
    "UPDATE search_postings SET offsets = x'0100' WHERE room_id = ? LIMIT 2",
    room,
  ),
  row('a block is forgotten', ['search'], 'DELETE FROM search_blocks WHERE room_id = ?', room),
]

const notification =
  'INSERT INTO notifications (user_id, room_id, seq, cause, read_by, by_id, at_ms, decided_ms)'
const ofOthers = (): Damage[] => [
  row(
    'told of nothing',
    ['notifications'],
    `${notification} VALUES (?, ?, 999, 'mention', 'room', 1, 1, 1)`,
    bob.user.id,
    room,
  ),
  row(
    'told of a change',
    ['notifications'],
    `${notification} VALUES (?, ?, ?, 'mention', 'room', 1, 1, 1)`,
    bob.user.id,
    room,
    at.reacted + 1,
  ),
  row(
    'nobody is told',
    ['notifications'],
    `${notification} VALUES (99999, ?, ?, 'mention', 'room', 1, 1, 1)`,
    room,
    at.plain,
  ),
  row(
    'still to do',
    ['notifications'],
    `UPDATE notifications SET gone_seq = NULL ${message}`,
    room,
    at.deleted,
  ),
  row('taken away', ['notifications'], `UPDATE notifications SET gone_seq = 3 ${message}`, room, at.naming),
  row('a file is given up', ['files'], `UPDATE files SET released_ms = 1 ${message}`, room, at.filed),
  row('a file is not sent', ['files'], `UPDATE files SET seq = NULL ${message}`, room, at.filed),
  lost('a file is unknown', ['files'], 'files', 'room_id = ? AND seq = ?', room, at.filed),
  lost('bytes are unknown', ['files'], 'blobs', 'size = ?', bytes.length),
  {
    ...row(
      'a file of a deleted message',
      ['files'],
      `INSERT INTO files (user_id, cid, name, size, info, room_id, seq, created_ms) VALUES (1, 'x', 'x', 1, '{}', ?, ?, 1)`,
      room,
      at.deleted,
    ),
  },
  {
    what: 'bytes are gone',
    found: ['bytes'],
    does: () => rm(blobPath()),
    undo: () => writeFile(blobPath(), bytes),
  },
  {
    what: 'bytes are others',
    found: ['bytes'],
    does: () => overwrite(blobPath(), Buffer.alloc(bytes.length)),
    undo: () => overwrite(blobPath(), bytes),
  },
  {
    what: 'bytes are cut off',
    found: ['bytes'],
    does: () => overwrite(blobPath(), bytes.subarray(1)),
    undo: () => overwrite(blobPath(), bytes),
  },
  {
    what: 'a preview is damaged',
    found: ['previews'],
    does: async () => overwrite(await preview(), Buffer.from('RIFF')),
  },
  {
    what: 'a preview of nothing',
    found: ['previews'],
    does: async () => {
      const file = path.join(brook.dataDir, 'stray')
      await writeFile(file, 'stray')
      await deps.blobs.put(`previews/${'a'.repeat(64)}/400.webp`, file)
    },
  },
  {
    what: 'the audit log has a hole',
    found: ['audit'],
    does: () => sql('UPDATE audit SET seq = 999 WHERE seq = 2'),
    undo: () => sql('UPDATE audit SET seq = 2 WHERE seq = 999'),
  },
  {
    what: 'an entry was refused',
    found: ['dead-letters'],
    does: () => brook.redis.xadd(keysOf(0).dead, '*', 'id', '1-1', 'reason', 'too long', 'entry', 'null'),
    undo: () => brook.redis.del(keysOf(0).dead),
  },
  {
    what: 'the log counts lower than MySQL',
    found: ['numbers'],
    does: () => brook.redis.hset(keysOf(0).numbers, String(direct), 1),
    undo: () => brook.redis.hset(keysOf(0).numbers, String(direct), 2),
  },
]

test('all is well in a workspace that was lived in, in each check and in one room', async () => {
  const report = await examine(deps, { againAfterMs: 0 })
  expect(report.checks.filter(({ count }) => count > 0)).toEqual([])
  expect(report).toMatchObject({ ok: true, rooms: 3 })
  const idle = new Set(['log', 'dead-letters'])
  for (const { name, rows } of report.checks)
    if (!idle.has(name)) expect([name, rows > 0]).toEqual([name, true])
  const one = await examine(deps, { room: String(direct), againAfterMs: 0 })
  expect([one.ok, one.rooms]).toEqual([true, 1])
})

test.each(['ofMessages', 'besideMessages', 'ofIndex', 'ofOthers'] as const)(
  'damage is found by its check, and rebuilt where it can be: %s',
  async (which) => {
    const damages = { ofMessages, besideMessages, ofIndex, ofOthers }[which]()
    const outcomes: object[] = []
    for (const { what, does, undo } of damages) {
      await does()
      const { ok, checks: all } = await look()
      const found = all.flatMap(({ name, count }) => (count > 0 ? name : []))
      outcomes.push({ what, found, repairable: ok })
      if (undo === undefined) continue
      await undo()
      // What follows the words, as the index does, is rebuilt once they are right.
      await look(checks.filter(({ name }) => found.includes(name)))
    }
    // Whatever was left of one would have been found with the next.
    expect((await look()).checks.filter(({ count }) => count > 0)).toEqual([])
    expect(outcomes).toEqual(
      damages.map(({ what, found, undo }) => ({ what, found, repairable: undo === undefined })),
    )
  },
)

const found = ({ checks: all }: DoctorReport): string[] =>
  all.flatMap(({ name, count }) => (count > 0 ? name : []))

test('while people talk, edit and delete, and sync archives it, nothing is called different', async () => {
  let goesOn = true
  const talk = async (): Promise<void> => {
    for (let n = 0; goesOn; n += 1) {
      const seq = await says(ann, `talk ${n}, @Bob`)
      await acts(bob, { type: 'react', seq, emoji: '🎉', on: true })
      await says(bob, 'answer', { thread: seq })
      if (n % 2 === 0) await acts(ann, { type: 'edit', seq, text: `talk ${n} again` })
      else await acts(ann, { type: 'delete', seq })
    }
  }
  const archive = async (): Promise<void> => {
    while (goesOn) await brook.archive()
  }
  const both = Promise.all([talk(), archive()])
  for (let round = 0; round < 3; round += 1)
    expect(found(await examine(deps, { againAfterMs: 100 }))).toEqual([])
  goesOn = false
  await both
})

test('a hole in what is not archived is found in the log, then in MySQL, and is none once it is noted as lost', async () => {
  await brook.archive()
  const seqs = [await says(ann, 'one'), await says(ann, 'two'), await says(ann, 'three')]
  const [id = ''] = (await brook.redis.xrevrange(keysOf(0).log, '+', '-', 'COUNT', 2))
    .map(([one]) => one)
    .slice(-1)
  await brook.redis.xdel(keysOf(0).log, id)
  expect(found(await look())).toEqual(['log'])
  await brook.archive()
  const [difference] = (await look()).checks.flatMap(({ differences }) => differences)
  expect(difference).toMatchObject({ room: String(room), seq: seqs[1], words: 'is missing' })
  const happening = JSON.stringify({ notice: { kind: 'lost', from: seqs[1], to: seqs[1] } })
  await sql(
    'INSERT INTO untold_notices (room_id, cid, happening) VALUES (?, ?, ?)',
    room,
    newCid(),
    happening,
  )
  expect(found(await look())).toEqual([])
})
