// Slash commands: offered by a process, typed in a room, answered by its bot. On a whole Brook with two servers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { offerCommands, type OfferedCommand } from '../../server/commands/offer.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import type { ThreadAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Person as BotUser } from '../../server/protocol/people.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let dice: Rpc
let bot: BotUser
const asked: { args: string; room: string; asker: string; thread?: number }[] = []

const answers: OfferedCommand[] = [
  {
    name: 'roll',
    usage: '2d6',
    help: 'Roll dice',
    run: async (args, { room, asker, thread }) => {
      asked.push({ args, room, asker: asker.name, ...(thread === undefined ? {} : { thread }) })
      return { room: `${args || '1d6'}: 4` }
    },
  },
  {
    name: 'hint',
    usage: '',
    help: 'A word for you alone',
    run: async () => ({ asker: 'Only you see this.' }),
  },
  { name: 'fail', usage: '', help: 'Throws', run: () => Promise.reject(new Error('a bug')) },
  { name: 'hang', usage: '', help: 'Says nothing', run: () => new Promise<never>(() => undefined) },
  { name: 'empty', usage: '', help: 'Says an empty word', run: async () => ({ room: '  ' }) },
]

const open = () => new Rpc({ redis: brook.connections.rpc, onError: () => undefined })

beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  bot = await brook.addBot('dice')
  dice = open()
  await offerCommands(dice, bot, answers)
  ann = await brook.enter('ann')
  bob = await brook.enter('bob', 1)
  await ann.makes('garden')
  await bob.joins(ann.room)
  await until(() => bob.heard.some((event) => event.type === 'room' && event.room.id === ann.room))
})
afterAll(async () => {
  await dice.close()
  await brook.stop()
})

const list = async (person = ann) =>
  (await person.ask<{ commands: { name: string }[] }>('GET', '/api/commands')).body.commands
const types = (person: Person, name: string, args = '', cid = newCid(), room = ann.room) => {
  person.tells({ type: 'command', room, cid, name, args })
  return cid
}
async function hears<Type extends ServerEvent['type']>(
  person: Person,
  type: Type,
  which: (event: Extract<ServerEvent, { type: Type }>) => boolean,
) {
  type Event = Extract<ServerEvent, { type: Type }>
  const found = await until(() =>
    person.heard.find((event): event is Event => event.type === type && which(event as Event)),
  )
  return found as Event
}
const noteOf = (person: Person, cid: string) => hears(person, 'note', (note) => note.cid === cid)

test('commands of living processes are listed by name, with usage, help and bot', async () => {
  expect((await list()).filter((command) => 'user' in command)).toEqual(
    ['empty', 'fail', 'hang', 'hint', 'roll'].map((name) => expect.objectContaining({ name, user: bot })),
  )
  expect((await list()).find(({ name }) => name === 'roll')).toEqual({
    name: 'roll',
    usage: '2d6',
    help: 'Roll dice',
    user: bot,
  })
})

test('commands disappear with their process, and return with it', async () => {
  const other = open()
  const stop = await offerCommands(other, bot, [
    { name: 'passing', usage: '', help: 'Soon gone', run: async () => ({ room: 'x' }) },
  ])
  expect((await list()).map(({ name }) => name)).toContain('passing')
  await stop()
  expect((await list()).map(({ name }) => name)).not.toContain('passing')
  await other.close()
})

test('an answer for the room is a message of the bot, sent to everybody there and acknowledged to the asker', async () => {
  const cid = types(ann, 'roll', '  2d6 ')
  const ack = await hears(ann, 'ack', (event) => event.cid === cid)
  for (const person of [ann, bob])
    expect(await hears(person, 'message', (event) => event.seq === ack.seq)).toMatchObject({
      room: ann.room,
      user: bot,
      text: '2d6: 4',
    })
  expect(asked.at(-1)).toEqual({ args: '2d6', room: ann.room, asker: 'ann' })
})

test('the same command sent again runs once, and its message is one message', async () => {
  const before = asked.length
  const cid = types(ann, 'roll', '3d6')
  const ack = await hears(ann, 'ack', (event) => event.cid === cid)
  const again = await ann.ask('POST', `/api/rooms/${ann.room}/commands`, { cid, name: 'roll', args: '3d6' })
  expect(again).toEqual({ status: 200, body: { message: { seq: ack.seq, at: ack.at } } })
  expect(asked.length).toBe(before + 1)
})

test('a note is for the asker alone, on all their connections', async () => {
  const tablet = ann.again()
  tablet.address = brook.servers[1]?.address ?? ''
  await tablet.connects()
  const cid = types(ann, 'hint')
  for (const device of [ann, tablet])
    expect(await noteOf(device, cid)).toMatchObject({ room: ann.room, user: bot, text: 'Only you see this.' })
  // Bob receives what comes after it, and no note before.
  await ann.says('after the note')
  await hears(bob, 'message', (event) => event.text === 'after the note')
  expect(bob.heard.filter(({ type }) => type === 'note')).toEqual([])
  tablet.drops()
})

test.each([
  ['a command that nobody offers', 'nonsense', 'unknown_command', false],
  ['a command that fails', 'fail', 'command_failed', true],
  ['a command that says what cannot be said', 'empty', 'command_failed', true],
  ['a command that does not answer in time', 'hang', 'command_timeout', true],
])('%s is explained in a note', async (_what, name, code, isOfBot) => {
  const cid = types(ann, name)
  const note = await noteOf(ann, cid)
  expect(note).toMatchObject({ code, name, room: ann.room, text: expect.stringContaining(`/${name}`) })
  expect(note.user).toEqual(isOfBot ? bot : undefined)
})

test.each([
  ['nobody', '999999'],
  ['a person', undefined],
])('a command that answers as %s says nothing, and the next newcomer is let in', async (_what, id) => {
  const other = open()
  const stop = await offerCommands(other, { id: id ?? ann.user.id, name: 'forged', bot: true }, [
    { name: 'forge', usage: '', help: 'Speaks as another', run: async () => ({ room: 'I am somebody.' }) },
  ])
  const cid = types(ann, 'forge')
  const note = await noteOf(ann, cid)
  expect(note).toMatchObject({ code: 'command_failed', name: 'forge' })
  expect(note.user).toBeUndefined()
  await brook.enter(`newcomer ${id ?? 'too'}`)
  await stop()
  await other.close()
})

test('asked in a thread, the bot replies there, and a note says which thread it is for', async () => {
  const root = (await ann.acked(ann.says('What shall we throw?'))).seq
  const inThread = (name: string, thread: number, cid = newCid()): string => {
    ann.tells({ type: 'command', room: ann.room, cid, name, args: '1d6', thread })
    return cid
  }
  const asking = inThread('roll', root)
  const ack = await hears(ann, 'ack', (event) => event.cid === asking)
  for (const person of [ann, bob])
    expect(await hears(person, 'message', (event) => event.seq === ack.seq)).toMatchObject({
      user: bot,
      text: '1d6: 4',
      thread: root,
    })
  const { body } = await bob.ask<ThreadAnswer>('GET', `/api/rooms/${bob.room}/threads/${root}/messages`)
  expect(body.messages.map(({ seq }) => seq)).toEqual([ack.seq])
  expect(asked.at(-1)).toMatchObject({ thread: root })
  expect(await noteOf(ann, inThread('hint', root))).toMatchObject({
    thread: root,
    text: 'Only you see this.',
  })
  expect(await noteOf(ann, inThread('nonsense', root))).toMatchObject({ thread: root })
  expect((await noteOf(ann, types(ann, 'hint'))).thread).toBeUndefined()
})

test('a command in a thread that takes no replies is refused before anything is done', async () => {
  const { length } = asked
  const body = { cid: newCid(), name: 'roll', args: '', thread: 99_999 }
  const answer = await ann.ask('POST', `/api/rooms/${ann.room}/commands`, body)
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_thread' } } })
  const root = (await ann.acked(ann.says('Soon gone'))).seq
  const ask = (cid: string) =>
    ann.ask<{ message: { seq: number } }>('POST', `/api/rooms/${ann.room}/commands`, {
      ...body,
      cid,
      thread: root,
    })
  const [before, after] = [newCid(), newCid()]
  const said = await ask(before)
  const deletion = newCid()
  ann.tells({ type: 'delete', room: ann.room, seq: root, cid: deletion })
  await ann.acked(deletion)
  expect(await ask(after)).toMatchObject({ body: { error: { code: 'message_deleted' } } })
  expect(asked.length).toBe(length + 1)
  // A command that was answered before the thread ended keeps its answer.
  expect((await ask(before)).body.message.seq).toBe(said.body.message.seq)
})

test('over HTTP, the answer is a message’s number or a note', async () => {
  const ask = (name: string, room = ann.room, person = ann) =>
    person.ask('POST', `/api/rooms/${room}/commands`, { cid: newCid(), name, args: '' })
  expect(await ask('roll')).toMatchObject({ status: 200, body: { message: { seq: expect.any(Number) } } })
  expect(await ask('hint')).toMatchObject({
    status: 200,
    body: { note: { text: 'Only you see this.', user: bot } },
  })
  expect(await ask('nonsense')).toMatchObject({ status: 200, body: { note: { code: 'unknown_command' } } })
})

test('a non-member can run no command in a room, and too many are refused', async () => {
  const eve = await brook.enter('eve')
  const cid = types(eve, 'roll')
  expect(await hears(eve, 'error', (event) => event.cid === cid)).toMatchObject({ code: 'not_allowed' })
  const body = { cid: newCid(), name: 'roll', args: '' }
  expect((await eve.ask('POST', `/api/rooms/${ann.room}/commands`, body)).status).toBe(403)
  const args = 'x'.repeat(limits.commands.argsChars + 1)
  expect((await ann.ask('POST', `/api/rooms/${ann.room}/commands`, { ...body, args })).status).toBe(400)
  expect(await brook.metric('brook_calls_under_way')).toBe(0)
})
