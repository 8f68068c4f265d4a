// A server that is killed while a page is being asked: the next one goes on, and the message has one card.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { LinkedSite } from '../support/linked-site.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const program = path.join(root, 'dist/test/serve-brook.js')
const started: ChildProcess[] = []
/** A process starts, and waits for the lease of the one before. */
const withinMs = 60_000
let dataDir: string
let site: LinkedSite
let brook: Brook
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-cards-'))
  site = await LinkedSite.up()
  brook = await Brook.start({ linkCardsPrivate: true, dataDir })
  // Only processes that can be killed remain.
  await brook.servers.shift()?.close()
}, withinMs)
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await brook.stop()
  await site.goesDown()
  await rm(dataDir, { recursive: true, force: true })
})

async function serves(): Promise<{ address: string; die: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, JSON.stringify(brook.config)])
  started.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const gone = once(child, 'exit')
  const die = async (): Promise<void> => {
    child.kill('SIGKILL')
    expect(await gone).toEqual([null, 'SIGKILL'])
  }
  return { address: line.toString().trim(), die }
}

test('killed while pages are asked, each message has its card once', { timeout: 3 * withinMs }, async () => {
  const server = await serves()
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
  const next = await serves()
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
