// Rounds in which somebody loses their right while Redis or MySQL is killed, at a random moment around it, and comes back. 5 s
// later whoever lost it must hear nothing and do nothing more, at either of two servers, though they try all the time.
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openAdminServices, type AdminServices } from '../../server/bot/admin-services.ts'
import { readConfig } from '../../server/config.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { between, chanceOf, pick } from './chance.ts'
import { Cluster, type Store } from './cluster.ts'
import { arrivesAtLast, insists, isDecided } from './insists.ts'
import { tellLedger } from './ledger.ts'
import { Removed } from './removed.ts'

/** Who loses a right, and what takes it from them: asked again until it is decided. */
export interface Loss {
  who: Removed
  act: () => Promise<boolean>
}

export interface Round {
  number: number
  room: string
  /** Two servers on the same stores. */
  near: string
  far: string
  /** Owns the room. */
  ann: Person
  services: AdminServices
  cluster: Cluster
  seed: number
  /** Somebody new, with a session of their own; they are in the room, and connected to both servers. */
  enters: (name: string) => Promise<Removed>
}

/** Within this time of the store's return, everything that was decided holds. */
const holdsWithinMs = 5_000

/** Plays `--rounds` of these losses, with the moments of `--seed`; ends the process with 1 if anything was heard or done. */
export async function playRounds(losses: (round: Round) => Promise<Record<string, Loss>>): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string', default: '7' } },
  })
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
  const chance = chanceOf(seed)
  const cluster = await Cluster.open({ servers: 2, syncs: 1 })
  const { redis, mysql } = cluster.stores
  const [near = '', far = ''] = cluster.servers.map(({ process }) => process.address)
  const services = await openAdminServices({ ...readConfig({}), redis, mysql })
  const ann = await Person.arrive(near, 'Ann')
  const witness = await Person.arrive(far, 'Witness')
  const kills = { redis: 0, mysql: 0 }
  const found: string[] = []
  let taken = 0

  const play = async (number: number): Promise<void> => {
    await Promise.all([ann, witness].map((one) => insists(() => one.returns())))
    const { id: room } = await insists(() => ann.makes(`round ${number}`, 'private'))
    const brings = (name: string) =>
      insists(async () => isDecided(await ann.ask('POST', `/api/rooms/${room}/members`, { name })))
    await brings('Witness')
    const enters = async (name: string): Promise<Removed> => {
      const person = await arrivesAtLast(name, (tried) => Person.arrive(near, tried))
      await brings(person.user.name)
      return Removed.of(person, [near, far])
    }
    const all = Object.entries(
      await losses({ number, room, near, far, ann, services, cluster, seed, enters }),
    )
    const probe = async (text: string): Promise<number> => {
      const { seq } = await ann.acked(ann.says(text, { room }))
      await until(() => witness.numbersOf(room).includes(seq))
      return seq
    }
    // Guard the set-up: all of them hear before it. What was said before a connection knew the room does not come to it.
    for (const [, { who }] of all) await until(() => who.isIn(room))
    const before = await probe('before')
    for (const [name, { who }] of all)
      await until(() => who.hasHeard(room, before)).catch(() =>
        found.push(`round ${number}: ${name} heard nothing before`),
      )

    const store = pick<Store>(chance, ['redis', 'mysql'])
    const process = cluster.storeProcess(store)
    const killAt = between(chance, 0, 120)
    const awayMs = between(chance, 0, 2_500)
    const acting = all.map(async ([, { act }]) => {
      await pause(between(chance, 0, 120))
      await insists(act)
    })
    await pause(killAt)
    await process.kill('SIGKILL')
    kills[store] += 1
    await pause(awayMs)
    await process.start()
    await Promise.all(acting)
    taken += acting.length
    await pause(holdsWithinMs)

    for (const one of [ann, witness]) if (one.closed !== undefined) await insists(() => one.returns())
    const after = await insists(() => probe('after'))
    for (const [name, { who }] of all)
      for (const violation of await who.violations(room, after))
        found.push(`round ${number}: ${name}, ${store} killed: ${violation}`)
    const last = await insists(() => probe('last'))
    for (const [name, { who }] of all) {
      if (who.hasHeard(room, last)) found.push(`round ${number}: ${name}, ${store} killed: heard`)
      who.leaves()
    }
  }

  const began = Date.now()
  for (let number = 1; number <= rounds; number += 1) {
    await play(number)
    if (number % 5 === 0) console.log(`${number} of ${rounds} rounds, ${found.length} found`)
  }
  const [untold] = await cluster.db.rows<{ count: number }>(
    'SELECT (SELECT COUNT(*) FROM untold_notices) + (SELECT COUNT(*) FROM ended_sessions) AS count',
  )
  tellLedger(
    cluster.folder,
    [
      ['seed', seed],
      ['minutes', ((Date.now() - began) / 60_000).toFixed(1)],
      ['rounds', `${rounds}, in which ${taken} rights were taken at two servers`],
      ['killed', `Redis ${kills.redis}, MySQL ${kills.mysql}`],
      ['heard or done', found.length],
      ['untold', Number(untold?.count)],
      ['ended by itself', cluster.crashes.length],
    ],
    [...found, ...cluster.crashes],
  )
  await services.close()
  for (const one of [ann, witness]) one.drops()
  await cluster.close()
  globalThis.process.exit(found.length + cluster.crashes.length === 0 ? 0 : 1)
}

/** Somebody signs out one of their sessions, on another device. */
export async function signsOut({ enters, number }: Round): Promise<Loss> {
  const who = await enters(`Signed out ${number}`)
  const { body } = await who.person.ask<{ sessions: { id: string; current: boolean }[] }>(
    'GET',
    '/api/sessions',
  )
  const session = body.sessions.find(({ current }) => current)?.id ?? ''
  return { who, act: async () => isDecided(await who.person.ask('DELETE', `/api/sessions/${session}`)) }
}

/** Somebody gets another password elsewhere, which ends what they had. */
export async function renews({ enters, number, far, seed }: Round): Promise<Loss> {
  const who = await enters(`Renewed ${number}`)
  const [current, password] = [`correct horse ${seed}`, `battery staple ${seed}`]
  const set = '/api/session/password'
  await insists(async () => isDecided(await who.person.ask('PUT', set, { password: current })))
  const elsewhere = await Person.signsIn(far, who.person.user.name, current)
  return { who, act: async () => isDecided(await elsewhere.ask('PUT', set, { password, current })) }
}

/** Somebody is removed from the room. */
export async function isRemoved({ enters, number, ann, room }: Round): Promise<Loss> {
  const who = await enters(`Removed ${number}`)
  const member = `/api/rooms/${room}/members/${who.person.user.id}`
  return { who, act: async () => isDecided(await ann.ask('DELETE', member)) }
}
