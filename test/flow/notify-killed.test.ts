// A server that is killed between what was said, the decision, the push and the mail: the next one goes on, and whoever is told hears
// of each thing once by each way.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import { KillableServers } from '../support/killable.ts'
import { Client } from '../support/client.ts'
import { codeIn, MailServer } from '../support/mail-server.ts'
import { Person } from '../support/person.ts'
import { PushService, type PushDevice } from '../support/push-service.ts'
import { toldIn } from '../support/told.ts'
import { until } from '../support/until.ts'

/** A process starts, and waits for the leases of the one before. */
const withinMs = 60_000
const to = 'bob@example.org'
const password = 'nine tall green trees'
let mails: MailServer
let service: PushService
let brook: Brook
let servers: KillableServers
beforeAll(async () => {
  mails = await MailServer.start()
  service = await PushService.up()
  brook = await Brook.start({
    webhookPrivate: true,
    mail: mails.config,
    publicUrl: new URL('http://localhost'),
  })
  servers = await KillableServers.of(brook)
}, withinMs)
afterAll(async () => {
  await servers.stop()
  await mails.goes()
  await service.goesDown()
})

async function hasMail(address: string, name: string): Promise<Person> {
  const client = new Client(address, name)
  await client.ask('POST', '/api/users', { name, password })
  await client.ask('PUT', '/api/me/mail', { address: to, password })
  const code = codeIn(await mails.newest(to), 'mail')
  expect((await client.ask('POST', '/api/mail/confirm', { code })).status).toBe(200)
  return Person.signsIn(address, name, password)
}

/** What a browser shows of it: nothing that is not newer than what is there under the same tag. */
function shownOn({ shown }: PushDevice): string[] {
  const newest = new Map<string, bigint>()
  return shown.flatMap(({ tag, id, body }) => {
    if ((newest.get(tag) ?? 0n) >= BigInt(id)) return []
    newest.set(tag, BigInt(id))
    return [body]
  })
}

test('killed at any point, each is told once by each way', { timeout: 5 * withinMs }, async () => {
  let server = await servers.starts()
  const ann = await Person.arrive(server.address, 'Ann')
  const bob = await hasMail(server.address, 'Bob')
  const { id: room } = await ann.makes('garden')
  await bob.joins(room)
  const device = service.makes()
  await device.subscribes(bob)
  const takes = device.answers
  const said: string[] = []
  const say = async (when: string): Promise<void> => {
    said.push(`@Bob killed ${when}`)
    const { status } = await ann.ask('POST', `/api/rooms/${room}/messages`, {
      cid: newCid(),
      text: said.at(-1),
    })
    expect(status).toBeLessThan(300)
  }
  const told = async (): Promise<number> =>
    (await brook.db.rows('SELECT id FROM notifications WHERE user_id = ?', [BigInt(bob.user.id)])).length
  /** Kills the server there, and another one goes on until the device has it. */
  const killed = async (when: string, point: () => Promise<unknown>): Promise<void> => {
    await say(when)
    await point()
    await server.die()
    device.answers = takes
    server = await servers.starts()
    ann.address = server.address
    await until(() => shownOn(device).includes(said.at(-1) ?? ''), Boolean, withinMs)
  }

  await killed('once it was said', () => Promise.resolve())
  await killed('once it was decided', () => until(async () => (await told()) === said.length))
  await killed('while it was sent', () => {
    const tried = device.tried.length
    device.answers = () => undefined
    return until(() => device.tried.length > tried)
  })
  const taken = () =>
    new Promise<void>((resolve) => {
      device.answers = (response, request) => {
        takes(response, request)
        response.once('finish', () => resolve())
      }
    })
  await killed('before it was written down as sent', taken)
  expect(shownOn(device)).toEqual(said)
  expect((await toldIn(brook, room)).map(({ user, cause }) => [user, cause])).toEqual(
    said.map(() => [bob.user.id, 'mention']),
  )

  // The mail waits for its time, then for the mail server.
  await until(
    async () =>
      (await brook.db.run('UPDATE missed_mails SET due_at = NOW(3) WHERE due_at > NOW(3)')).affectedRows > 0,
    Boolean,
    withinMs,
  )
  let refused = 0
  mails.refuses = () => {
    refused += 1
    return { code: 450, words: 'a little later' }
  }
  await until(() => refused > 0, Boolean, withinMs)
  await server.die()
  mails.refuses = () => undefined
  // Nobody goes on with it before the lease of the one that died is over.
  await brook.db.run('UPDATE mails SET due_at = NOW(3), holder = NULL, held_until = NULL')
  server = await servers.starts()
  const { text } = await mails.newest(to, 1)
  for (const words of said) expect(text).toContain(words)
  await until(async () => (await brook.db.rows('SELECT id FROM mails')).length === 0, Boolean, withinMs)
  expect(mails.to(to)).toHaveLength(2)
})
