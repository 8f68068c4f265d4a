// Redis or MySQL is killed at a random moment around a removal, a sign-out, a new password and a revoked token, and comes back.
// 5 s later whoever lost their right must hear nothing and do nothing more, at either of two servers, though they try all the
// time. `node test/fault/removals.mjs --rounds 50 --seed 7`
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isRefusal } from '../../server/answer.ts'
import { openAdminServices } from '../../server/bot/admin-services.ts'
import { readConfig } from '../../server/config.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { between, chanceOf, pick } from './chance.ts'
import { Cluster, type Store } from './cluster.ts'
import { arrivesAtLast, insists, isDecided } from './insists.ts'
import { tellLedger } from './ledger.ts'
import { Removed } from './removed.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string', default: '7' } },
})
const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
/** Within this time of the store's return, everything that was decided holds. */
const holdsWithinMs = 5_000
const chance = chanceOf(seed)

const cluster = await Cluster.open({ servers: 2, syncs: 1 })
const { stores } = cluster
const [near = '', far = ''] = cluster.servers.map(({ process }) => process.address)
const services = await openAdminServices({ ...readConfig({}), redis: stores.redis, mysql: stores.mysql })
const ann = await Person.arrive(near, 'Ann')
const witness = await Person.arrive(far, 'Witness')
const kills = { redis: 0, mysql: 0 }
const found: string[] = []

/** Somebody new, with a session that is to end; they are in the room, and connected to both servers. */
async function enters(name: string, room: string): Promise<Removed> {
  const person = await arrivesAtLast(name, (tried) => Person.arrive(near, tried))
  const added = { name: person.user.name }
  await insists(async () => isDecided(await ann.ask('POST', `/api/rooms/${room}/members`, added)))
  return Removed.of(person, [near, far])
}

async function sessionOf(person: Person): Promise<string> {
  const { body } = await person.ask<{ sessions: { id: string; current: boolean }[] }>('GET', '/api/sessions')
  return body.sessions.find(({ current }) => current)?.id ?? ''
}

/** The four who lose their right in this round; `acts`: what takes it from them, asked again until it is decided. */
async function setUp(round: number, room: string) {
  const [removed, signedOut, renewed] = await Promise.all(
    ['Removed', 'Signed out', 'Renewed'].map((name) => enters(`${name} ${round}`, room)),
  )
  if (removed === undefined || signedOut === undefined || renewed === undefined)
    throw new Error('three were asked for')
  const session = await sessionOf(signedOut.person)
  const [current, password] = [`correct horse ${seed}`, `battery staple ${seed}`]
  await insists(async () =>
    isDecided(await renewed.person.ask('PUT', '/api/session/password', { password: current })),
  )
  const elsewhere = await Person.signsIn(far, renewed.person.user.name, current)
  const added = await services.bots.add(`bot ${round}`)
  if (isRefusal(added)) throw new Error(added.code)
  const bot = Removed.ofBot(added.token, [near, far])
  // As an operator does: Ann is no administrator, who alone may add a bot over HTTP.
  await insists(async () => (await services.memberships.place(added.bot, room)) === undefined)
  const acts = {
    removal: async () =>
      isDecided(await ann.ask('DELETE', `/api/rooms/${room}/members/${removed.person.user.id}`)),
    'sign-out': async () => isDecided(await signedOut.person.ask('DELETE', `/api/sessions/${session}`)),
    'new password': async () =>
      isDecided(await elsewhere.ask('PUT', '/api/session/password', { password, current })),
    'revoked token': async () => services.bots.revoke(added.bot).then(() => true),
  }
  return {
    acts,
    people: { removal: removed, 'sign-out': signedOut, 'new password': renewed, 'revoked token': bot },
  }
}

async function play(round: number): Promise<void> {
  await Promise.all([ann, witness].map((one) => insists(() => one.returns())))
  const { id: room } = await insists(() => ann.makes(`round ${round}`, 'private'))
  await insists(async () =>
    isDecided(await ann.ask('POST', `/api/rooms/${room}/members`, { name: 'Witness' })),
  )
  const { acts, people } = await setUp(round, room)
  const probe = async (text: string): Promise<number> => {
    const { seq } = await ann.acked(ann.says(text, { room }))
    await until(() => witness.numbersOf(room).includes(seq))
    return seq
  }
  // Guard the set-up: all of them hear before it.
  const before = await probe('before')
  for (const [name, one] of Object.entries(people))
    await until(() => one.hasHeard(room, before)).catch(() =>
      found.push(`round ${round}: ${name} heard nothing before`),
    )

  const store = pick<Store>(chance, ['redis', 'mysql'])
  const process = cluster.storeProcess(store)
  const killAt = between(chance, 0, 120)
  const awayMs = between(chance, 0, 2_500)
  const acting = Object.values(acts).map(async (act) => {
    await pause(between(chance, 0, 120))
    await insists(act)
  })
  await pause(killAt)
  await process.kill('SIGKILL')
  kills[store] += 1
  await pause(awayMs)
  await process.start()
  await Promise.all(acting)
  await pause(holdsWithinMs)

  for (const one of [ann, witness]) if (one.closed !== undefined) await insists(() => one.returns())
  const after = await insists(() => probe('after'))
  const violations = await Promise.all(
    Object.entries(people).map(async ([name, one]) =>
      (await one.violations(room, after)).map(
        (violation) => `round ${round}: ${name}, ${store} killed: ${violation}`,
      ),
    ),
  )
  found.push(...violations.flat())
  const last = await insists(() => probe('last'))
  for (const [name, one] of Object.entries(people)) {
    if (one.hasHeard(room, last)) found.push(`round ${round}: ${name}, ${store} killed: heard`)
    one.leaves()
  }
}

const began = Date.now()
for (let round = 1; round <= rounds; round += 1) {
  await play(round)
  if (round % 10 === 0) console.log(`${round} of ${rounds} rounds, ${found.length} found`)
}
const [untold] = await cluster.db.rows<{ count: number }>(
  'SELECT (SELECT COUNT(*) FROM untold_notices) + (SELECT COUNT(*) FROM ended_sessions) AS count',
)
tellLedger(
  cluster.folder,
  [
    ['seed', seed],
    ['minutes', ((Date.now() - began) / 60_000).toFixed(1)],
    ['rounds', `${rounds}, of each four rights taken at two servers`],
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
