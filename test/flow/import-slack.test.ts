// Imports a Slack export into a Brook that people use, repeatedly.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimAccount } from '../../server/import/claim.ts'
import { Report } from '../../server/import/report.ts'
import { runImport, type ImportOptions, type Summary } from '../../server/import/run.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import type { NotTaken } from '../../server/import/source.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { testFolder } from '../support/folder.ts'
import { until } from '../support/until.ts'
import { sample, writeExport, type ExportFiles } from '../support/slack-export.ts'

let brook: Brook
let ann: Person
/** What the first import of the sample brought. */
let first: Brought
beforeAll(async () => {
  brook = await Brook.start()
  // A name that somebody from Slack has as well.
  ann = await brook.arrive('Ann', 0)
  first = await bring(sample)
})
afterAll(() => brook.stop())

const folder = testFolder()

interface Brought extends Summary {
  refused: NotTaken[]
}

async function bring(files: ExportFiles, more: Partial<ImportOptions> = {}): Promise<Brought> {
  const refused: NotTaken[] = []
  const refuse = (one: NotTaken) => void refused.push(one)
  const source = await SlackExport.open(await writeExport(files, folder), refuse)
  try {
    const summary = await runImport({
      config: brook.config,
      source,
      rate: 100_000,
      dryRun: false,
      matchUsers: false,
      refuse,
      say: () => undefined,
      signal: new AbortController().signal,
      ...more,
    })
    return { ...summary, refused }
  } finally {
    source.close()
  }
}

/** The sample as the export of another workspace, with rooms of its own. */
const sampleOf = (workspace: string): ExportFiles =>
  Object.fromEntries(
    Object.entries(sample).map(([file, content]) => {
      const text = (typeof content === 'string' ? content : JSON.stringify(content))
        .replaceAll('"T1"', `"${workspace}"`)
        .replace(/"name":"(general|random|secret)"/g, `"name":"${workspace}-$1"`)
      return [
        file.replace(/^(general|random|secret)\//, `${workspace}-$1/`),
        typeof content === 'string' ? text : (JSON.parse(text) as unknown),
      ]
    }),
  )

const roomNamed = async (name: string) => (await ann.rooms()).find((room) => room.name === name)

/** What a person reads in a room, oldest first. */
async function read(name: string): Promise<Message[]> {
  const room = await roomNamed(name)
  return (await ann.page('limit=200', room?.id)).messages
}

/** Every row that an import may write. */
async function everything(): Promise<Record<string, unknown[]>> {
  const tables = ['users', 'rooms', 'imported', 'memberships', 'messages', 'changes', 'reactions']
  const rows = tables.map(async (table) => [
    table,
    await brook.db.rows(`SELECT * FROM ${table} ORDER BY 1, 2, 3`),
  ])
  return Object.fromEntries(await Promise.all(rows)) as Record<string, unknown[]>
}

test('a dry run reports what would be imported and changes nothing', async () => {
  const before = await everything()
  const { messages, reactions, people } = await bring(sampleOf('dry'), { dryRun: true })
  expect({ messages, reactions, people }).toEqual({ messages: 11, reactions: 4, people: 4 })
  expect(await everything()).toEqual(before)
})

test('messages come with their time, author, threads, edits, reactions and files, as Markdown', async () => {
  const { messages, reactions, people, rooms } = first
  expect({ messages, reactions, people, rooms }).toEqual({ messages: 11, reactions: 4, people: 4, rooms: 5 })
  const general = await read('general')
  const words = general.map((message) => [
    message.seq,
    message.user.name,
    new Date(message.at).toISOString(),
    message.kind === 'message' ? message.text : message.kind,
  ])
  expect(words).toEqual([
    [
      1,
      'Ann-2',
      '2020-01-01T12:00:02.000Z',
      'Hello **everybody**, see [the page](https://example.org) & #random',
    ],
    [2, '王小明', '2020-01-01T12:00:03.000Z', '@Ann 你好，世界 😀'],
    [3, 'Cleo', '2020-01-01T12:00:04.000Z', 'third 🚀'],
    [expect.any(Number), '王小明', '2020-01-02T12:00:01.000Z', expect.stringContaining('报告 (final).pdf')],
    [expect.any(Number), 'deploy', '2020-01-02T12:00:02.000Z', 'shipped'],
    [expect.any(Number), 'Cleo', '2020-01-02T12:00:03.000Z', 'an answer days later'],
  ])
  const [root, second, , file, bot, late] = general
  expect(root).toMatchObject({ replyTo: null, editedAt: null })
  expect(root).toMatchObject({
    reactions: [
      { emoji: '🎉', users: [{ name: '王小明' }, { name: 'Cleo' }] },
      { emoji: '👍🏼', users: [{ name: 'Ann-2' }] },
    ],
  })
  expect(second).toMatchObject({ thread: 1, replyTo: null, editedAt: Date.parse('2020-01-01T12:00:09Z') })
  expect(file).toMatchObject({ text: '[报告 (final).pdf](https://files.slack.com/T1/F1/report.pdf)' })
  expect(bot).toMatchObject({ user: { bot: true, icon: '🚀' } })
  expect(late).toMatchObject({ thread: 1 })
  expect(root).toMatchObject({ threaded: { replies: 2, lastSeq: late?.seq } })
})

test('a second import changes nothing', async () => {
  const before = await everything()
  const { messages, known, reactions, edits, people } = await bring(sample)
  expect({ messages, known, reactions, edits, people }).toEqual({
    messages: 0,
    known: 11,
    reactions: 0,
    edits: 0,
    people: 0,
  })
  expect(await everything()).toEqual(before)
})

test('what is broken or not imported is reported with its place', async () => {
  const { refused } = await bring(sample, { dryRun: true })
  const losses = refused.filter(({ expected }) => !expected)
  expect(losses).toEqual([
    {
      place: 'general/2020-01-02.json, line 2 (index 0)',
      why: 'broken: a string in it does not end on its line',
      expected: false,
    },
    { place: 'general/2020-01-02.json, line 22 (index 2)', why: 'it has no timestamp', expected: false },
  ])
  const whys = refused.filter(({ expected }) => expected).map(({ why }) => why)
  expect(whys.sort()).toEqual([
    'a system message of type channel_join',
    'direct rooms with bots are not imported',
    'only the name and the link of a file are imported',
    'the reaction :party_parrot: does not exist here',
  ])
  const report = new Report(path.join(folder, 'report.txt'))
  for (const one of refused) report.add(one)
  expect((await report.close()).join('\n')).toContain(
    'general/2020-01-02.json, line 22 (index 2): it has no timestamp',
  )
  expect((await readFile(report.path, 'utf8')).split('\n')).toHaveLength(refused.length + 1)
  expect(report.losses).toBe(2)
})

/** The direct rooms of everybody with these names, with what was said there. */
async function directsOf(...names: string[]) {
  const rows = await brook.db.rows<{ id: number; names: string; has_key: number; text: string }>(
    `SELECT r.id, r.people_key IS NOT NULL AS has_key,
       (SELECT GROUP_CONCAT(u.name ORDER BY u.name SEPARATOR ', ') FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.room_id = r.id) AS names,
       (SELECT GROUP_CONCAT(e.text ORDER BY e.seq SEPARATOR ' | ') FROM messages e WHERE e.room_id = r.id) AS text
     FROM rooms r WHERE r.kind = 'direct' ORDER BY r.id`,
  )
  const wanted = names.sort().join(', ')
  return rows.filter((row) => row.names.split(', ').sort().join(', ') === wanted)
}

test('direct messages come into the direct room of their people, who have read it, and nobody else learns of it', async () => {
  const [two, ...more] = await directsOf('Ann-2', '王小明')
  expect([two?.text, two?.has_key, more.length]).toEqual(['between us | just us', 1, 0])
  expect(await directsOf('Ann-2', '王小明', 'Cleo')).toMatchObject([{ text: 'the three of us', has_key: 1 }])
  // Nothing was said there.
  expect(await directsOf('Ann-2', 'Cleo')).toEqual([])
  const ming = await Person.signsIn(ann.address, '王小明', (await claimAccount(brook.db, '王小明')) ?? '')
  const room = (await ming.rooms()).find(({ id }) => id === String(two?.id))
  expect(room).toMatchObject({ kind: 'direct', name: 'Ann-2', unread: 0, people: [{ name: 'Ann-2' }] })
  const { messages } = await ming.page('', room?.id)
  expect(messages).toMatchObject([
    { seq: 1, text: 'between us', at: 1_577_880_000_000, threaded: { replies: 1 } },
    { thread: 1, reactions: [{ emoji: '🎉', users: [{ name: 'Ann-2' }] }] },
  ])
  const people = [room?.people?.[0]?.id]
  expect((await ming.ask('POST', '/api/directs', { people })).body).toMatchObject({ room: { id: room?.id } })
  expect((await ann.ask('GET', `/api/rooms/${room?.id}/messages`)).status).toBe(404)
  expect(JSON.stringify(await ann.ask('GET', '/api/rooms'))).not.toContain('between us')
})

test('direct messages continue what was said here; of two of the same people there is one room, once', async () => {
  const [dora, emil, late] = [
    await brook.arrive('Dora D'),
    await brook.arrive('Emil D'),
    await brook.arrive('Late D'),
  ]
  const begun = await emil.ask<{ room: RoomSummary }>('POST', '/api/directs', { people: [dora.user.id] })
  const { id } = begun.body.room
  await emil.connects()
  await dora.connects()
  await late.connects()
  await emil.acked(emil.says('said here', { room: id }))
  const person = (ref: string, name: string) => ({ id: ref, team_id: 'TD', profile: { display_name: name } })
  const said = (user: string, ts: string, text: string) => [{ type: 'message', user, ts, text }]
  const files: ExportFiles = {
    'users.json': [person('UD', 'Dora D'), person('UE', 'Emil D'), person('UL', 'Late D')],
    'channels.json': [],
    'dms.json': [{ id: 'D1', members: ['UD', 'UE'] }, { id: 'D4', members: ['UL', 'UL'] }, { id: 'D5' }],
    'mpims.json': [
      { id: 'G1', name: 'mpdm-1', members: ['UE', 'UD'] },
      { id: 'G2', name: 'mpdm-2', members: ['UL', 'UE', 'UD'] },
      { id: 'G3', name: 'mpdm-3', members: ['UE', 'UD', 'UL'] },
      { id: 'G4', name: 'mpdm-4', members: Array.from({ length: 16 }, (_who, at) => `UX${at}`) },
    ],
    'D1/2020-01-01.json': said('UD', '1577880000.000000', 'said there'),
    'D4/2020-01-01.json': said('UL', '1577880001.000000', 'to myself'),
    'D5/2020-01-01.json': said('UL', '1577880002.000000', 'to whom'),
    'mpdm-1/2020-01-01.json': said('UE', '1577880003.000000', 'and there'),
    'mpdm-2/2020-01-01.json': said('UE', '1577880004.000000', 'three'),
    'mpdm-3/2020-01-01.json': said('UD', '1577880005.000000', 'again three'),
    'mpdm-4/2020-01-01.json': said('UX1', '1577880006.000000', 'a crowd'),
  }
  const { refused } = await bring(files, { matchUsers: true })
  expect(refused.map(({ place, why }) => `${place}: ${why}`)).toEqual([
    'direct room D5: a direct room that does not say who is in it',
    'direct room mpdm-4: a direct room of more than 15 people',
  ])
  const rooms = async () => [
    ...(await directsOf('Dora D', 'Emil D')),
    ...(await directsOf('Late D')),
    ...(await directsOf('Dora D', 'Emil D', 'Late D')),
  ]
  const found = await rooms()
  expect(found.map((room) => String(room.id) === id)).toEqual([true, false, false])
  expect(found.map(({ text }) => text.split(' | ').sort())).toEqual([
    ['and there', 'said here', 'said there'],
    ['to myself'],
    ['again three', 'three'],
  ])
  // It comes live, and whoever is in it talks on.
  const three = String(found[2]?.id)
  await until(() => late.heard.find((event) => event.type === 'room' && event.room.id === three))
  await late.acked(late.says('and now', { room: three }))
  await dora.hears('and now')
  await brook.archive()
  const before = await everything()
  expect(await bring(files, { matchUsers: true })).toMatchObject({ messages: 0, known: 5, people: 0 })
  expect(await everything()).toEqual(before)
  // Whoever has left stays out.
  expect((await late.ask('DELETE', `/api/rooms/${three}/members/me`)).status).toBe(204)
  await brook.archive()
  await bring(files, { matchUsers: true })
  expect(await directsOf('Dora D', 'Emil D')).toMatchObject([{ id: Number(id) }, { has_key: 0 }])
})

test('rooms keep their time and topic, and people join them without notices', async () => {
  const general = await roomNamed('general')
  expect(general).toMatchObject({ kind: 'public', topic: 'What concerns all', joined: false })
  const [row] = await brook.db.rows<{ created_at: Date }>('SELECT created_at FROM rooms WHERE name = ?', [
    'general',
  ])
  expect(row?.created_at).toEqual(new Date(1_500_000_000_000))
  const members = await brook.db.rows(
    `SELECT u.name, m.role, m.read_seq FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id
     WHERE r.name = 'secret' ORDER BY u.id`,
  )
  expect(members).toEqual([
    { name: '王小明', role: 'owner', read_seq: 1 },
    { name: 'Cleo', role: 'member', read_seq: 1 },
  ])
  expect((await read('general')).filter(({ kind }) => kind === 'notice')).toEqual([])
})

test('nobody can sign in as an imported person, with or without a password', async () => {
  const asked = async (path: string, body: object) => (await ann.ask('POST', path, body)).status
  expect(await asked('/api/session', { name: 'Ann-2', password: '' })).toBe(401)
  expect(await asked('/api/guests', { name: 'Ann-2' })).toBe(409)
  expect(await asked('/api/users', { name: '王小明', password: 'long enough to be one' })).toBe(409)
})

test('a claimed account belongs to its person, with everything they wrote', async () => {
  const password = await claimAccount(brook.db, 'cleo')
  const cleo = await Person.signsIn(ann.address, 'Cleo', password ?? '')
  expect(cleo.user.name).toBe('Cleo')
  expect(await claimAccount(brook.db, 'cleo')).toBeUndefined()
  expect(await claimAccount(brook.db, 'Ann')).toBeUndefined()
  expect(await claimAccount(brook.db, 'deploy')).toBeUndefined()
})

test('only new messages are added, and changed ones are changed', async () => {
  const changed = sampleOf('later')
  await bring(changed)
  const day = changed['later-general/2020-01-01.json'] as Record<string, unknown>[]
  const third = day[2] ?? {}
  Object.assign(third, { text: 'third, put right', edited: { user: 'U3', ts: '1577990000.000000' } })
  third['reactions'] = [{ name: 'eyes', users: ['U1'] }]
  const more = { type: 'message', user: 'U1', ts: '1578000000.000000', text: 'one more' }
  changed['later-general/2020-01-03.json'] = [more]
  const list = changed['channels.json'] as { topic?: { value: string } }[]
  Object.assign(list[0] ?? {}, { topic: { value: 'Another topic' } })
  const before = await read('later-general')
  const { messages, edits, reactions } = await bring(changed)
  expect({ messages, edits, reactions }).toEqual({ messages: 1, edits: 1, reactions: 1 })
  const after = await read('later-general')
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
  expect(after[2]).toMatchObject({ seq: 3, text: 'third, put right', reactions: [{ emoji: '👀' }] })
  expect(after.slice(3, -1)).toEqual(before.slice(3))
  expect(after.at(-1)).toMatchObject({ text: 'one more', at: 1_578_000_000_000 })
  expect(await roomNamed('later-general')).toMatchObject({ topic: 'Another topic' })
  expect(await bring(changed)).toMatchObject({ messages: 0, edits: 0, reactions: 0 })
})

test('pins come along once: what is unpinned here stays so, and what was unpinned there goes', async () => {
  const say = (ts: string, text: string) => ({ type: 'message', user: 'U2', ts, text })
  const pin = (id: string) => ({ id, type: 'C', user: 'U1', created: 1_577_880_100 })
  const files = (...pins: object[]): ExportFiles => ({
    'users.json': sample['users.json'],
    'channels.json': [{ id: 'C7', name: 'pinned', members: ['U1'], pins }],
    'pinned/2020-01-01.json': [say('1577880000.000000', 'one'), say('1577880001.000000', 'two')],
  })
  const pinnedHere = async () => {
    await brook.archive()
    const messages = (await read('pinned')) as SpokenMessage[]
    return messages
      .filter(({ pinnedAt }) => pinnedAt !== undefined)
      .map(({ text, pinnedBy }) => [text, pinnedBy?.name])
  }
  const both = files(pin('1577880000.000000'), pin('1577880001.000000'))
  expect(await bring(both)).toMatchObject({ messages: 2, pins: 2 })
  expect(await pinnedHere()).toEqual([
    ['one', 'Ann-2'],
    ['two', 'Ann-2'],
  ])
  const before = await everything()
  expect(await bring(both)).toMatchObject({ messages: 0, pins: 0 })
  expect(await everything()).toEqual(before)
  const room = (await roomNamed('pinned'))?.id ?? ''
  await ann.joins(room)
  const owner = [BigInt(room), BigInt(ann.user.id)]
  await brook.db.run("UPDATE memberships SET role = 'owner' WHERE room_id = ? AND user_id = ?", owner)
  await ann.connects()
  const cid = newCid()
  ann.tells({ type: 'pin', room, seq: 1, on: false, cid })
  await ann.acked(cid)
  expect(await bring(both)).toMatchObject({ pins: 0 })
  expect(await pinnedHere()).toEqual([['two', 'Ann-2']])
  await bring(files(pin('1577880000.000000')))
  expect(await pinnedHere()).toEqual([])
})

test('numbers are dense over messages and their changes', async () => {
  const room = await roomNamed('general')
  const rows = await brook.db.rows<{ seq: number }>(
    'SELECT seq FROM messages WHERE room_id = ? UNION ALL SELECT seq FROM changes WHERE room_id = ? ORDER BY seq',
    [BigInt(room?.id ?? 0), BigInt(room?.id ?? 0)],
  )
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_row, place) => place + 1))
  expect(rows).toHaveLength(room?.head ?? -1)
})

test('an import that was interrupted anywhere continues where it was', async () => {
  const days = Object.fromEntries(
    Array.from({ length: 12 }, (_day, day) => [
      `long/2021-01-${String(day + 1).padStart(2, '0')}.json`,
      Array.from({ length: 150 }, (_line, line) => {
        const ts = `${1_609_459_200 + day * 86_400 + line}.000000`
        const thread = line % 3 === 0 ? {} : { thread_ts: `${1_609_459_200 + day * 86_400}.000000` }
        return { type: 'message', user: 'U1', ts, text: `${day} ${line}`, ...thread }
      }),
    ]),
  )
  const files = {
    'users.json': sample['users.json'],
    'channels.json': [{ id: 'C9', name: 'long', members: ['U1'] }],
    ...days,
  }
  let turns = 0
  for (let isDone = false; !isDone; turns += 1) {
    const stop = new AbortController()
    let pages = 0
    const say = (line: string): void => {
      if (line.startsWith('[') && (pages += 1) > 4 * (turns + 1)) stop.abort(new Error('interrupted'))
    }
    isDone = await bring(files, { say, signal: stop.signal }).then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('interrupted')
        return false
      },
    )
    if (turns > 50) throw new Error('it never ends')
  }
  expect(turns).toBeGreaterThan(1)
  const room = await roomNamed('long')
  const rows = await brook.db.rows<{ seq: number; text: string; thread: number | null }>(
    'SELECT seq, text, thread FROM messages WHERE room_id = ? ORDER BY seq',
    [BigInt(room?.id ?? 0)],
  )
  const wanted = Array.from({ length: 1_800 }, (_row, at) => ({
    seq: at + 1,
    text: `${Math.floor(at / 150)} ${at % 150}`,
    thread: at % 3 === 0 ? null : Math.floor(at / 150) * 150 + 1,
  }))
  expect(rows).toEqual(wanted)
})

test('with --match-users, the same name is the same person, and an owner is added to private rooms', async () => {
  const bob = await brook.arrive('Bob')
  const files = {
    'users.json': [{ id: 'U7', team_id: 'T7', profile: { display_name: 'bob' } }],
    'channels.json': [],
    'groups.json': [{ id: 'G7', name: 'attic', members: ['U7'] }],
    'attic/2020-01-01.json': [{ type: 'message', user: 'U7', ts: '1577880005.000000', text: 'mine' }],
  }
  const { matched, people } = await bring(files, { matchUsers: true, owner: ann.user.id })
  expect({ matched, people }).toEqual({ matched: 1, people: 0 })
  expect((await bob.rooms()).find(({ name }) => name === 'attic')).toMatchObject({
    role: 'member',
    unread: 0,
  })
  const attic = await roomNamed('attic')
  expect(attic).toMatchObject({ role: 'owner', unread: 0 })
  expect((await ann.page('', attic?.id)).messages).toMatchObject([
    { user: { id: bob.user.id }, text: 'mine' },
  ])
})

test('a room that an import makes comes live: to members, and to everybody who could join it', async () => {
  const cid = await brook.arrive('Cid')
  const dora = await brook.arrive('Dora')
  await cid.connects()
  await dora.connects()
  const files = {
    'users.json': [{ id: 'U8', team_id: 'T8', profile: { display_name: 'Cid' } }],
    'channels.json': [{ id: 'C8', name: 'orchard', members: ['U8'], topic: { value: 'pears' } }],
    'groups.json': [{ id: 'G8', name: 'cellar', members: ['U8'] }],
    'orchard/2020-01-01.json': [{ type: 'message', user: 'U8', ts: '1577880005.000000', text: 'apples' }],
    'cellar/2020-01-01.json': [{ type: 'message', user: 'U8', ts: '1577880006.000000', text: 'cider' }],
  }
  await bring(files, { matchUsers: true })
  const rooms = ({ heard }: Person, type: 'open' | 'room') =>
    heard.flatMap((event) => (event.type === type ? [(event as { room: RoomSummary }).room.name] : []))
  await until(
    () => rooms(dora, 'open'),
    (names) => names.includes('orchard'),
  )
  await until(
    () => rooms(cid, 'room'),
    (names) => names.includes('orchard') && names.includes('cellar'),
  )
  expect([...rooms(dora, 'open'), ...rooms(dora, 'room'), ...rooms(cid, 'open')]).not.toContain('cellar')
  // A later import brings another topic.
  files['channels.json'] = [{ id: 'C8', name: 'orchard', members: ['U8'], topic: { value: 'quinces' } }]
  await bring(files, { matchUsers: true })
  const hasTopic = ({ heard }: Person) =>
    heard.some((event) => (event.type === 'open' || event.type === 'room') && event.room.topic === 'quinces')
  await until(() => hasTopic(dora) && hasTopic(cid))
})
