// brook bot: bot accounts and their tokens.
import { isRefusal } from '../../answer.ts'
import { openAdminServices, type AdminServices } from '../../bot/admin-services.ts'
import type { BotSummary } from '../../bot/bots.ts'
import { readConfig } from '../../config.ts'
import { findRoom } from '../../history/find-room.ts'
import { errors, type Refusal } from '../../protocol/errors.ts'
import type { Person } from '../../protocol/people.ts'
import { openExisting } from '../ready.ts'
import { UsageError, type Given, type Surroundings, type Verb } from '../verb.ts'

const actions = ['list', 'add', 'token', 'revoke', 'join', 'leave', 'rewind'] as const
type Action = (typeof actions)[number]

const isAction = (word: string | undefined): word is Action => actions.some((action) => action === word)

export const bot: Verb = {
  usage:
    'bot list | add NAME [--room ROOM]… | token NAME | revoke NAME | join NAME ROOM | leave NAME ROOM | rewind NAME ROOM NUMBER',
  about:
    'Manage bot accounts. Each bot has a token, which is shown once. ROOM is the name of a room, or id:NUMBER.',
  options: {
    room: { type: 'string', value: 'ROOM', multiple: true, about: 'a room that the new bot joins' },
  },
  positionals: 4,
  async run(given, at) {
    const [action, name, room, number] = given.positionals
    if (!isAction(action))
      throw new UsageError(`say what to do: ${actions.join(', ')}. See: brook bot --help`)
    if (action !== 'list' && name === undefined)
      throw new UsageError(`which bot? For example: brook bot ${action} weather`)
    if (['join', 'leave', 'rewind'].includes(action) && room === undefined)
      throw new UsageError(`which room? For example: brook bot ${action} ${name} lobby`)
    if (action === 'rewind' && !/^\d{1,15}$/.test(number ?? ''))
      throw new UsageError(`from which number? For example: brook bot rewind ${name} ${room} 120`)
    const { config, stores } = await openExisting(readConfig(at.env), at.say, 'brook bot', {
      reads: action === 'list',
    })
    try {
      const services = await openAdminServices(config)
      await perform(action, given, services, at).finally(() => services.close())
    } finally {
      await stores.stop()
    }
  },
}

async function perform(
  action: Action,
  given: Given,
  services: AdminServices,
  { print }: Surroundings,
): Promise<void> {
  const { bots, memberships } = services
  const [, name = '', room = '', number = ''] = given.positionals
  switch (action) {
    case 'list': {
      const all = await bots.list()
      for (const one of all) print(lineOf(one))
      if (all.length === 0) print('No bots. Create one with brook bot add NAME.')
      return
    }
    case 'add': {
      // First: if a room does not exist, no bot must be left behind whose token nobody has seen.
      const rooms = await Promise.all(roomsGiven(given).map((one) => roomNamed(services, one)))
      const added = orRefused(await bots.add(name), name)
      for (const one of rooms) orRefused(await memberships.place(added.bot, one), one)
      print(added.token)
      return
    }
    case 'token':
      return print(await bots.renewToken(await findBot(services, name)))
    case 'revoke': {
      const known = await findBot(services, name)
      await bots.revoke(known)
      return print(`${known.name} no longer has a token. Its messages stay.`)
    }
    case 'join': {
      const known = await findBot(services, name)
      orRefused(await memberships.place(known, await roomNamed(services, room)), room)
      return print(`${known.name} is in ${room}.`)
    }
    case 'leave': {
      const known = await findBot(services, name)
      orRefused(await memberships.leave(known, await roomNamed(services, room)), room)
      return print(`${known.name} is no longer in ${room}.`)
    }
    case 'rewind': {
      const known = await findBot(services, name)
      const place = await roomNamed(services, room)
      orRefused(await services.acknowledging.ackRooms(known.id, { [place]: Number(number) }, true), room)
      return print(`${known.name} receives everything in ${room} again that came after number ${number}.`)
    }
  }
}

const roomsGiven = ({ flags }: Given): string[] =>
  Array.isArray(flags['room']) ? flags['room'].map(String) : []

async function findBot({ bots }: AdminServices, name: string): Promise<Person> {
  const found = await bots.find(name)
  if (found === undefined) throw new UsageError(`there is no bot "${name}"; brook bot list shows all bots`)
  return found
}

/** @throws UsageError if there is no such room */
async function roomNamed({ db }: AdminServices, room: string): Promise<string> {
  const found = await findRoom(db, room)
  if (found === undefined) throw new UsageError(`there is no room "${room}"`)
  return found
}

function orRefused<Answer extends object>(answer: Answer | Refusal | undefined, what: string): Answer {
  if (isRefusal(answer)) throw new UsageError(`${what}: ${errors[answer.code].words}`)
  return answer as Answer
}

const day = (ms: number | null): string =>
  ms === null ? '-' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

const lineOf = ({ id, name, hasToken, createdAt, usedAt, ackedAt }: BotSummary): string =>
  `${name}  ${hasToken ? `last seen ${day(usedAt)}` : 'no token'}  created ${day(createdAt)}  last acknowledged ${day(ackedAt)}  id ${id}`
