// Outgoing webhooks of several server processes: one of them delivers, and when it dies or freezes, another takes over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HooksAnswer, SignedAnswer } from '../../server/protocol/hooks.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import { KillableServers } from '../support/killable.ts'
import { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

let brook: Brook
let servers: KillableServers

beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  servers = await KillableServers.of(brook)
})
afterAll(async () => {
  await servers.stop()
})

async function told(receiver: Receiver, ...texts: string[]): Promise<void> {
  const seen = await until(
    () => receiver.texts,
    ({ length }) => length >= texts.length,
  )
  expect(seen).toEqual(texts)
}

test('two servers deliver each message once, whoever accepted it', async () => {
  const [one, two] = [await servers.starts(), await servers.starts()]
  const people = [await Person.arrive(one.address, 'Ann'), await Person.arrive(two.address, 'Bob')]
  const [ann, bob] = people as [Person, Person]
  const { id } = await ann.makes('both')
  await bob.joins(id)
  const receiver = await Receiver.up()
  await ann.ask('POST', `/api/rooms/${id}/hooks/outgoing`, { url: receiver.url })
  const say = (who: Person, text: string) =>
    who.ask('POST', `/api/rooms/${id}/messages`, { cid: newCid(), text })
  const texts = Array.from({ length: 30 }, (_, n) => `m${n}`)
  for (const [n, text] of texts.entries()) await say(n % 2 === 0 ? ann : bob, text)
  await told(receiver, ...texts)
  expect(new Set(receiver.posted.map(({ id: delivery }) => delivery)).size).toBe(texts.length)
  await Promise.all([one.die(), two.die()])
  await receiver.goesDown()
})

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a server that gets %s in the middle of a delivery is replaced',
  async (signal) => {
    const both = [await servers.starts(), await servers.starts()]
    const ann = await Person.arrive(both[0]?.address ?? '', `Ann ${signal}`)
    const { id } = await ann.makes(`room ${signal}`)
    const receiver = await Receiver.up()
    const { body } = await ann.ask<SignedAnswer>('POST', `/api/rooms/${id}/hooks/outgoing`, {
      url: receiver.url,
    })
    const say = (text: string) => ann.ask('POST', `/api/rooms/${id}/messages`, { cid: newCid(), text })
    // The third delivery waits for its answer: the process that posted it is waiting too when it is hit.
    const held: (() => void)[] = []
    receiver.answers = (_request, response, { text }) =>
      void (text === 'm3' ? held.push(() => response.end()) : response.end())
    for (const text of ['m1', 'm2', 'm3', 'm4', 'm5']) await say(text)
    await told(receiver, 'm1', 'm2', 'm3')
    const [row] = await brook.db.rows<{ holder: string }>('SELECT holder FROM outgoing_hooks WHERE id = ?', [
      body.hook.id,
    ])
    const holder = both.find(({ child }) => row?.holder.includes(`:${child.pid}:`))
    const survivor = both.find((server) => server !== holder)
    expect(holder).toBeDefined()
    receiver.answers = (_request, response) => void response.end()
    ann.address = survivor?.address ?? ''
    holder?.child.kill(signal)
    await told(receiver, 'm1', 'm2', 'm3', 'm3', 'm4', 'm5')
    // The one that was sent twice has the same id.
    expect(receiver.posted[3]?.id).toBe(receiver.posted[2]?.id)
    // The frozen process gets its answer at last, and must not move the cursor back.
    for (const answer of held) answer()
    holder?.child.kill('SIGCONT')
    await say('m6')
    await told(receiver, 'm1', 'm2', 'm3', 'm3', 'm4', 'm5', 'm6')
    const { outgoing } = (await ann.ask<HooksAnswer>('GET', `/api/rooms/${id}/hooks`)).body
    expect(await until(() => outgoing[0])).toMatchObject({ paused: null, failures: 0 })
    for (const { child } of both) child.kill('SIGKILL')
    await receiver.goesDown()
  },
)
