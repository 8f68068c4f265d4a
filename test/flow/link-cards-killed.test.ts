// A server that is killed while a page is being asked: the next one goes on, and the message has one card.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { KillableServers } from '../support/killable.ts'
import { LinkedSite } from '../support/linked-site.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** A process starts, and waits for the lease of the one before. */
const withinMs = 60_000
let dataDir: string
let site: LinkedSite
let brook: Brook
let servers: KillableServers
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-cards-'))
  site = await LinkedSite.up()
  brook = await Brook.start({ linkCardsPrivate: true, dataDir })
  servers = await KillableServers.of(brook)
}, withinMs)
afterAll(async () => {
  await servers.stop()
  await site.goesDown()
  await rm(dataDir, { recursive: true, force: true })
})

test('killed while pages are asked, each message has its card once', { timeout: 3 * withinMs }, async () => {
  const server = await servers.starts()
  const ann = await Person.arrive(server.address, 'Ann')
  const { id: room } = await ann.makes('garden')
  let isSilent = true
  const links = [1, 2, 3].map((n) =>
    site.answers(`/slow/${n}`, (response) => {
      if (isSilent) return
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>Page ${n}</title>`)
    }),
  )
  const seqs: number[] = []
  for (const text of links) {
    const { body } = await ann.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, {
      cid: newCid(),
      text,
    })
    seqs.push(body.seq)
  }
  await until(() => links.every((_, n) => site.timesAsked(`/slow/${n + 1}`) === 1))
  await server.die()
  isSilent = false
  const next = await servers.starts()
  ann.address = next.address
  const found = async (): Promise<SpokenMessage[]> =>
    (await ann.page('limit=50', room)).messages.filter((one): one is SpokenMessage => seqs.includes(one.seq))
  const whole = await until(found, (messages) => messages.every(({ cards }) => cards?.length === 1), withinMs)
  expect(whole.map(({ cards }) => cards?.[0]?.title)).toEqual(['Page 1', 'Page 2', 'Page 3'])
  await until(
    () => brook.db.rows('SELECT room_id FROM link_card_tasks'),
    ({ length }) => length === 0,
  )
  await brook.archive()
  const rows = await brook.db.rows(
    "SELECT seq FROM changes WHERE room_id = ? AND target IN (?) AND kind = 'carded'",
    [BigInt(room), seqs],
  )
  expect(rows).toHaveLength(seqs.length)
  await next.die()
})
