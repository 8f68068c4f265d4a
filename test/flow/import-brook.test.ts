// Imports another Brook's rooms over its public API.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportArchive } from '../../server/export/archive.ts'
import { ExportedRooms } from '../../server/import/jsonl/source.ts'
import { OtherBrook } from '../../server/import/brook/source.ts'
import { Remote } from '../../server/import/brook/remote.ts'
import { runImport, type ImportOptions, type Summary } from '../../server/import/run.ts'
import type { NotTaken } from '../../server/import/source.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'

let there: Brook
let here: Brook
let ann: Person
let bob: Person
let reader: Person
let origin = ''
beforeAll(async () => {
  ;[there, here] = await Promise.all([Brook.start(), Brook.start()])
  origin = there.servers[0]?.address ?? ''
  ann = await there.enter('Ann')
  bob = await there.enter('Bob')
  reader = await here.arrive('Rita')
})
afterAll(() => Promise.all([there.stop(), here.stop()]))

/** A session's token is in its cookie. */
const tokenOf = (person: Person): string => person.cookie.replace(/^[^=]*=/, '')

/** Answers some requests as a server that is busy or down would, before the real one answers. */
function failing(times: number, failure: () => Response): { fetch: typeof fetch; met: () => number } {
  let met = 0
  return {
    met: () => met,
    fetch: async (...asked) => {
      if (met >= times) return fetch(...asked)
      met += 1
      return failure()
    },
  }
}

async function bring(
  more: Partial<ImportOptions> = {},
  asking: Partial<ConstructorParameters<typeof Remote>[0]> = {},
): Promise<Summary & { refused: NotTaken[] }> {
  const refused: NotTaken[] = []
  const refuse = (one: NotTaken) => void refused.push(one)
  const say = () => undefined
  const remote = new Remote({ address: origin, token: tokenOf(ann), say, waitMs: () => 0, ...asking })
  const source = new OtherBrook(origin, remote, refuse)
  const summary = await runImport({
    config: here.config,
    source,
    rate: 100_000,
    dryRun: false,
    matchUsers: false,
    refuse,
    say,
    signal: new AbortController().signal,
    ...more,
  })
  return { ...summary, refused }
}

const folder = testFolder()

/** Imports a room's export as JSON lines, changed by `edit`. */
async function bringFile(
  room: string,
  edit = (text: string) => text,
): Promise<Summary & { refused: NotTaken[] }> {
  await there.archive()
  const out = path.join(folder, 'room.jsonl')
  const query = { room, format: 'jsonl', zone: 'UTC', from: 1, out } as const
  await exportArchive(there.config, query)
  await writeFile(out, edit(await readFile(out, 'utf8')))
  const refused: NotTaken[] = []
  const refuse = (one: NotTaken) => void refused.push(one)
  const source = await ExportedRooms.open(out, refuse)
  const options = { config: here.config, source, rate: 100_000, dryRun: false, matchUsers: true, refuse }
  const signal = new AbortController().signal
  const summary = await runImport({ ...options, say: () => undefined, signal })
  await here.archive()
  return { ...summary, refused }
}

/** What a person reads of a room, without each Brook's own numbers and ids. */
async function told(person: Person, name: string): Promise<unknown[]> {
  const room = (await person.rooms()).find((one) => one.name === name)
  const { messages } = await person.page('limit=200', room?.id)
  const spoken = messages.filter(
    (one): one is SpokenMessage => one.kind === 'message' && one.deletedAt === null,
  )
  return spoken.map(({ user, text, at, editedAt, replyTo, reactions }) => ({
    name: user.name,
    text,
    at,
    isEdited: editedAt !== null,
    answers: spoken.find(({ seq }) => seq === replyTo)?.text,
    reactions: reactions.map(({ emoji, users }) => [emoji, users.map((who) => who.name)]),
  }))
}

test('what is imported is the same here; a second import adds nothing, a later one what is new or has changed', async () => {
  const [cleo, dan] = [await there.enter('Cleo'), await there.enter('Dan')]
  const { id: room } = await cleo.makes('garden')
  await dan.joins(room)
  const change = async (person: Person, type: string, seq: number, more: object = {}) => {
    const cid = newCid()
    person.tells({ type, room, seq, cid, ...more })
    await person.acked(cid)
  }
  const isSame = async () => {
    const [wanted, found] = [await told(cleo, 'garden'), await told(reader, 'garden')]
    expect(wanted.length).toBeGreaterThan(150)
    expect(found).toEqual(wanted)
  }
  // Texts, replies, edits and reactions are imported; deleted messages are not.
  const first = await cleo.acked(cleo.says('一 first 😀'))
  await cleo.acked(cleo.says('an answer', { replyTo: first.seq }))
  const gone = await dan.acked(dan.says('to be deleted'))
  const wrong = await dan.acked(dan.says('wrnog'))
  await change(dan, 'delete', gone.seq)
  await change(dan, 'edit', wrong.seq, { text: 'right' })
  await change(dan, 'react', first.seq, { emoji: '🎉', on: true })
  for (let line = 1; line <= 250; line += 1) dan.says(`line ${line}`)
  await cleo.hears('line 250')
  const { messages, rooms, people } = await bring({ only: ['garden'] })
  expect({ messages, rooms, people }).toEqual({ messages: 253, rooms: 1, people: 2 })
  await isSame()
  // All other rooms as well, and then once more.
  expect(await bring()).toMatchObject({ rooms: (await ann.rooms()).length })
  expect(await bring()).toMatchObject({ messages: 0, edits: 0, deletions: 0, reactions: 0, people: 0 })
  await isSame()

  const target = (await cleo.page('limit=200')).messages.at(-1)?.seq ?? 0
  await change(dan, 'edit', target, { text: 'line 250, put right' })
  await change(dan, 'delete', target - 1)
  await change(cleo, 'react', target - 2, { emoji: '👀', on: true })
  await cleo.acked(cleo.says('one more'))
  expect(await bring()).toMatchObject({ messages: 1, edits: 1, deletions: 1, reactions: 1 })
  await isSame()
  await change(cleo, 'react', target - 2, { emoji: '👀', on: false })
  expect(await bring()).toMatchObject({ messages: 0, edits: 0, deletions: 0, reactions: 1 })
  await isSame()
})

test.each([
  ['asks to come later', () => new Response('', { status: 429, headers: { 'retry-after': '1' } })],
  ['is starting again', () => new Response('', { status: 503 })],
  ['cannot be reached', () => Response.error()],
])('a Brook that %s is asked again', async (_what, failure) => {
  const { fetch, met } = failing(3, () => {
    const answer = failure()
    if (answer.type === 'error') throw new TypeError('fetch failed')
    return answer
  })
  const waits: (number | undefined)[] = []
  const waitMs = (_tries: number, afterMs: number | undefined) => {
    waits.push(afterMs)
    return 0
  }
  await ann.acked(ann.says('to be imported', { room: (await ann.rooms())[0]?.id ?? '' }))
  await bring()
  expect(await bring({}, { fetch, waitMs })).toMatchObject({ messages: 0 })
  expect(met()).toBe(3)
  expect(waits).toHaveLength(3)
  if (failure().status === 429) expect(waits[0]).toBe(1_000)
})

test('a Brook that stays down, and one that does not know the token, end the import with an explanation', async () => {
  const { fetch, met } = failing(100, () => new Response('', { status: 502 }))
  await expect(bring({}, { fetch })).rejects.toThrow('does not respond: status 502')
  expect(met()).toBe(10)
  await expect(bring({}, { token: 'x'.repeat(43) })).rejects.toThrow('does not know this token')
})

test('an incomplete page when the other side disconnects costs nothing', async () => {
  await ann.makes('meadow')
  for (let line = 1; line <= 450; line += 1) ann.says(`grass ${line}`)
  await ann.hears('grass 450')
  let pages = 0
  const failing: typeof fetch = async (...asked) => {
    const [address] = asked
    if (String(address).includes('after=') && (pages += 1) > 2) return new Response('', { status: 404 })
    return fetch(...asked)
  }
  await expect(bring({ only: ['meadow'] }, { fetch: failing })).rejects.toThrow('for this token')
  const { messages, known } = await bring({ only: ['meadow'] })
  expect(messages + known).toBe(450)
  const room = (await reader.rooms()).find(({ name }) => name === 'meadow')
  const rows = await here.db.rows<{ text: string }>(
    'SELECT text FROM messages WHERE room_id = ? ORDER BY seq',
    [BigInt(room?.id ?? 0)],
  )
  expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: 450 }, (_row, at) => `grass ${at + 1}`))
})

test('of two imports at once, the second says so and ends', async () => {
  let isHeld = false
  const held: Promise<unknown>[] = []
  const asking: typeof fetch = async (...asked) => {
    if (!isHeld) {
      isHeld = true
      held.push(expect(bring()).rejects.toThrow('another import is running'))
      await held[0]
    }
    return fetch(...asked)
  }
  await bring({}, { fetch: asking })
  expect(held).toHaveLength(1)
})

test('an export as JSON lines is imported with its threads, pins and polls, and again without any change', async () => {
  const { id } = await ann.makes('orchard')
  await ann.ask('PATCH', `/api/rooms/${id}`, { topic: 'Apples' })
  await bob.joins(id)
  const acts = async (who: Person, frame: object) => {
    const cid = newCid()
    who.tells({ room: id, cid, ...frame })
    return (await who.acked(cid)).seq
  }
  const root = await acts(ann, { type: 'send', text: 'root' })
  await acts(bob, { type: 'send', text: 'reply', thread: root })
  await acts(ann, { type: 'edit', seq: root, text: 'root, put right' })
  await acts(ann, { type: 'pin', seq: root, on: true })
  await acts(bob, { type: 'react', seq: root, emoji: '🍎', on: true })
  const polls = `/api/rooms/${id}/polls`
  const asks = async (more: object) =>
    (
      await ann.ask<{ seq: number }>('POST', polls, {
        cid: newCid(),
        question: 'Which?',
        options: ['a', 'b'],
        ...more,
      })
    ).body.seq
  const [open, closed, secret] = [
    await asks({}),
    await asks({ multiple: true }),
    await asks({ anonymous: true }),
  ]
  for (const [seq, choices] of [
    [open, [1]],
    [closed, [0, 1]],
    [secret, [0]],
  ] as const)
    expect((await bob.ask('PUT', `${polls}/${seq}/vote`, { cid: newCid(), choices })).status).toBe(200)
  await ann.ask('POST', `${polls}/${closed}/close`, { cid: newCid() })
  const first = await bringFile('orchard')
  expect(first).toMatchObject({ messages: 5, reactions: 1, pins: 1, votes: 3 })
  expect(first.refused.filter(({ expected }) => !expected)).toEqual([])
  const room = (await reader.rooms()).find(({ name }) => name === 'orchard')
  expect(room).toMatchObject({ topic: 'Apples', kind: 'public' })
  const read = async () => (await reader.page('limit=200', room?.id)).messages as SpokenMessage[]
  const found = await read()
  const wanted = (await ann.page('limit=200', id)).messages.filter(
    ({ kind }) => kind !== 'notice',
  ) as SpokenMessage[]
  const shape = ({ user, text, at, poll, votes, reactions, editedAt }: SpokenMessage) => ({
    name: user.name,
    text,
    at,
    editedAt,
    poll,
    chosen: votes?.map(({ name, choices }) => [name, choices]),
    reactions: reactions.map(({ emoji, users }) => [emoji, users.map(({ name }) => name)]),
  })
  expect(found.map(shape)).toEqual(wanted.map(shape))
  expect(found.map(({ closedAt }) => closedAt !== undefined)).toEqual([false, false, false, true, true])
  expect(found[0]).toMatchObject({ pinnedBy: { name: 'Ann' }, threaded: { replies: 1 } })
  expect(found[1]).toMatchObject({ thread: found[0]?.seq })
  const nothing = { messages: 0, edits: 0, reactions: 0, pins: 0, votes: 0, people: 0, known: 5 }
  expect(await bringFile('orchard')).toMatchObject(nothing)
  expect(await read()).toEqual(found)
  await acts(ann, { type: 'send', text: 'later' })
  await ann.ask('PUT', `${polls}/${open}/vote`, { cid: newCid(), choices: [0] })
  expect(await bringFile('orchard', (text) => text + text)).toMatchObject({ messages: 1, votes: 1 })
  const broken = await bringFile('orchard', (text) =>
    text.replace(/\n.*"reply".*\n/, '\n{"kind":\n').replace(/\n.*\n$/, '\n'),
  )
  expect(broken.refused.filter(({ expected }) => !expected).map(({ why }) => why)).toEqual([
    'it is not a message',
    'the export ends before it is complete',
  ])
  const headless = (text: string) => text.slice(text.indexOf('\n') + 1)
  await expect(bringFile('orchard', headless)).rejects.toThrow('its first line does not name a room')
  await expect(bringFile('orchard', (text) => text.replace('"format":1', '"format":2'))).rejects.toThrow(
    'later version',
  )
})

test('direct rooms come along from another Brook and as JSON lines, each once, for their people alone', async () => {
  const [eva, finn] = [await there.enter('Eva'), await there.enter('Finn')]
  const opened = await eva.ask<{ room: { id: string } }>('POST', '/api/directs', { people: [finn.user.id] })
  const { id } = opened.body.room
  await eva.acked(eva.says('between us two', { room: id }))
  const [evaHere, finnHere] = [await here.enter('Eva'), await here.enter('Finn')]
  const readHere = async (who: Person) => {
    const rooms = (await who.rooms()).filter(({ kind }) => kind === 'direct')
    const pages = rooms.map(async (room) => {
      const { messages } = await who.page('', room.id)
      return [room.name, ...messages.map((one) => (one.kind === 'message' ? one.text : one.kind))]
    })
    return Promise.all(pages)
  }
  const remote = { token: tokenOf(eva) }
  expect(await bring({ matchUsers: true, only: ['Finn'] }, remote)).toMatchObject({ rooms: 1, messages: 1 })
  expect(await bring({ matchUsers: true, only: ['Finn'] }, remote)).toMatchObject({ messages: 0, known: 1 })
  await here.archive()
  expect(await readHere(evaHere)).toEqual([['Finn', 'between us two']])
  expect(await readHere(finnHere)).toEqual([['Eva', 'between us two']])
  expect(await readHere(reader)).toEqual([])

  // A file is another source: what is in it is said in the same room.
  const noPeople = (text: string) => text.replace(/"people":\[[^\]]*\],/, '')
  await expect(bringFile(id, noPeople)).rejects.toThrow('does not say who is in the direct room')
  expect(await bringFile(id)).toMatchObject({ rooms: 1, messages: 1, people: 0 })
  expect(await bringFile(id)).toMatchObject({ messages: 0, known: 1 })
  expect(await readHere(finnHere)).toEqual([['Eva', 'between us two', 'between us two']])
})
