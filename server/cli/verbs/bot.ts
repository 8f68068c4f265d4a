// brook bot: the programs that take part, and their tokens.
import { isRefusal } from '../../answer.ts'
import { openDesk, type Desk } from '../../bot/desk.ts'
import type { BotSummary } from '../../bot/bots.ts'
import { readConfig } from '../../config.ts'
import { errors, type Refusal } from '../../protocol/errors.ts'
import { nameKey } from '../../protocol/names.ts'
import type { Person } from '../../protocol/people.ts'
import { openReady } from '../ready.ts'
import { UsageError, type Given, type Surroundings, type Verb } from '../verb.ts'

const acts = ['list', 'add', 'token', 'revoke', 'join', 'leave'] as const
type Act = (typeof acts)[number]

const isAct = (word: string | undefined): word is Act => acts.some((act) => act === word)

export const bot: Verb = {
  usage: 'bot list | add NAME [--room ROOM]… | token NAME | revoke NAME | join NAME ROOM | leave NAME ROOM',
  about:
    'Programs that take part, each with a token that is shown once. A room is named by its name or its number.',
  options: { room: { type: 'string', value: 'ROOM', multiple: true, about: 'a room that a new bot joins' } },
  words: 3,
  async run(given, at) {
    const [act, name, room] = given.words
    if (!isAct(act)) throw new UsageError(`say what to do: ${acts.join(', ')}. See: brook bot --help`)
    if (act !== 'list' && name === undefined)
      throw new UsageError(`which bot? For example: brook bot ${act} weather`)
    if ((act === 'join' || act === 'leave') && room === undefined)
      throw new UsageError(`which room? For example: brook bot ${act} ${name} lobby`)
    const { config, stores } = await openReady(readConfig(at.env), at.say, {
      verb: 'brook bot',
      alone: false,
    })
    try {
      const desk = await openDesk(config)
      await perform(act, given, desk, at).finally(() => desk.close())
    } finally {
      await stores.stop()
    }
  },
}

async function perform(act: Act, given: Given, desk: Desk, { print }: Surroundings): Promise<void> {
  const { bots, memberships } = desk
  const [, name = '', room = ''] = given.words
  switch (act) {
    case 'list': {
      const all = await bots.list()
      for (const one of all) print(lineOf(one))
      if (all.length === 0) print('No bots. brook bot add NAME makes one.')
      return
    }
    case 'add': {
      // Before anything is made: a room that is not there must leave no bot behind whose token nobody has seen.
      const rooms = await Promise.all(roomsGiven(given).map((one) => findRoom(desk, one)))
      const added = orRefused(await bots.add(name), name)
      for (const one of rooms) orRefused(await memberships.place(added.bot, one), one)
      print(added.token)
      return
    }
    case 'token':
      return print(await bots.renewToken(await findBot(desk, name)))
    case 'revoke': {
      const known = await findBot(desk, name)
      await bots.revoke(known)
      return print(`${known.name} has no token any more. What it said stays.`)
    }
    case 'join': {
      const known = await findBot(desk, name)
      orRefused(await memberships.place(known, await findRoom(desk, room)), room)
      return print(`${known.name} is in ${room}.`)
    }
    case 'leave': {
      const known = await findBot(desk, name)
      orRefused(await memberships.leave(known, await findRoom(desk, room)), room)
      return print(`${known.name} is not in ${room} any more.`)
    }
  }
}

const roomsGiven = ({ flags }: Given): string[] =>
  Array.isArray(flags['room']) ? flags['room'].map(String) : []

async function findBot({ bots }: Desk, name: string): Promise<Person> {
  const found = await bots.find(name)
  if (found === undefined) throw new UsageError(`there is no bot "${name}"; brook bot list shows them`)
  return found
}

/** A public room by its name, or any room by its number. */
async function findRoom({ db }: Desk, room: string): Promise<string> {
  const name = nameKey(room.replace(/^#/, ''))
  const [row] = await db.rows<{ id: number }>('SELECT id FROM rooms WHERE public_key = ?', [name])
  const [byId] = /^[1-9]\d{0,18}$/.test(room)
    ? await db.rows<{ id: number }>('SELECT id FROM rooms WHERE id = ?', [BigInt(room)])
    : []
  const found = row ?? byId
  if (found === undefined) throw new UsageError(`there is no room "${room}"`)
  return String(found.id)
}

function orRefused<Answer extends object>(answer: Answer | Refusal | undefined, what: string): Answer {
  if (isRefusal(answer)) throw new UsageError(`${what}: ${errors[answer.code].words}`)
  return answer as Answer
}

const day = (ms: number | null): string =>
  ms === null ? 'never' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

const lineOf = ({ name, hasToken, createdAt, usedAt, ackedAt }: BotSummary): string =>
  `${name}  ${hasToken ? `last seen ${day(usedAt)}` : 'revoked'}  made ${day(createdAt)}  read up to ${day(ackedAt)}`
