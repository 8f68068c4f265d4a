// Link cards by every way: made once, seen by all, archived, removed for good, gone with the link and with the message; and what a site
// can do to the server.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openAdminServices, type AdminServices } from '../../server/bot/admin-services.ts'
import { compareIds, type StreamId } from '../../server/log/entry.ts'
import { lastId } from '../../server/log/epoch.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { CardedEvent } from '../../server/protocol/entries/carded.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { LinkCard } from '../../server/protocol/link-cards.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { LinkedSite } from '../support/linked-site.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let dataDir: string
let site: LinkedSite
let brook: Brook
let services: AdminServices
let ann: Person
let bob: Person
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-cards-'))
  site = await LinkedSite.up()
  brook = await Brook.start({ linkCardsPrivate: true, dataDir })
  await brook.serve()
  services = await openAdminServices(brook.config)
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
})
let room = ''
beforeEach(async () => {
  room = (await brook.meet(ann, bob)).id
})
afterAll(async () => {
  await services.close()
  await brook.stop()
  await site.goesDown()
  await rm(dataDir, { recursive: true, force: true })
})

const says = async (text: string, who = ann): Promise<number> =>
  (await who.acked(who.says(text, { room }))).seq
const seen = async (seq: number, who = ann, query = 'limit=200') =>
  (await who.page(query, room)).messages.find((one) => one.seq === seq) as SpokenMessage
const cards = async (seq: number, who = ann): Promise<LinkCard[]> => (await seen(seq, who)).cards ?? []
const hasCards = (seq: number, count = 1) =>
  until(
    () => cards(seq),
    ({ length }) => length === count,
  )
const carded = (who: Person, seq: number): CardedEvent[] =>
  who.heard.flatMap((event) =>
    event.type === 'carded' && event.room === room && event.target === seq ? [event] : [],
  )
const edits = (seq: number, text: string) =>
  ann.ask('PATCH', `/api/rooms/${room}/messages/${seq}`, { cid: newCid(), text })
const removes = (who: Person, seq: number, link: string) =>
  who.tries('POST', `/api/rooms/${room}/messages/${seq}/cards/removed`, { cid: newCid(), link })
/** All that was said until now has been looked at. */
async function settled(): Promise<void> {
  const end = (await lastId(brook.redis, keysOf(0))) ?? { ms: 0, n: 0 }
  await until(async () => {
    const [at] = await brook.db.rows<StreamId>('SELECT log_ms AS ms, log_n AS n FROM link_card_cursors')
    const tasks = await brook.db.rows('SELECT room_id FROM link_card_tasks')
    return at !== undefined && compareIds(at, end) >= 0 && tasks.length === 0
  })
}
/** A message of which it is known that it was looked at: others before it were, too. */
async function afterwards(): Promise<void> {
  const link = site.has(`/after/${newCid()}`, '<title>Afterwards</title>')
  await hasCards(await says(link))
  await settled()
}
let pages = 0
function page(head: string): string {
  pages += 1
  return site.has(`/page/${pages}`, head)
}

test('a link gets one card, which everybody sees, at once and from MySQL, as it was and as bots read it', async () => {
  const image = await site.shows('/big.png', 1_600, 900)
  const icon = await site.shows('/icon.png', 64, 64)
  const link = page(
    `<title>plain</title><meta property="og:title" content="Tea &amp; more">
     <meta property="og:description" content="All about   tea.">
     <meta property="og:site_name" content="Tea Times"><meta property="og:image" content="${image}">
     <link rel="icon" href="${icon}">`,
  )
  const seq = await says(`look: ${link}`)
  const [card] = await hasCards(seq)
  expect(card).toMatchObject({
    link,
    site: 'Tea Times',
    title: 'Tea & more',
    description: 'All about tea.',
    image: { width: 800, height: 450 },
  })
  await until(() => carded(bob, seq).length === 1)
  expect(await cards(seq, bob)).toEqual([card])
  const picture = (hash: string, who = bob, tag = '') =>
    fetch(`${who.address}/api/rooms/${room}/messages/${seq}/cards/${hash}`, {
      headers: { cookie: who.cookie, ...(tag && { 'if-none-match': tag }) },
    })
  for (const hash of [card?.image?.hash ?? '', card?.icon ?? '']) {
    const answer = await picture(hash)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    expect((await picture(hash, bob, answer.headers.get('etag') ?? '')).status).toBe(304)
  }
  expect((await picture('0'.repeat(64))).status).toBe(404)
  const stranger = await brook.arrive('Stranger')
  expect((await picture(card?.image?.hash ?? '', stranger)).status, 'the room is public').toBe(200)

  const head = Math.max(...ann.numbersOf(room))
  const before = await seen(seq, ann, `limit=50&asOf=${seq}`)
  expect(before.cards).toBeUndefined()
  await brook.archive()
  ann.drops()
  await ann.returns(await brook.serve())
  expect(await cards(seq)).toEqual([card])
  expect((await seen(seq, ann, `limit=50&asOf=${head}`)).cards).toEqual([card])
  // Who asks is nobody: no cookie, no referrer, and its own name.
  const headers = site.asked.at(-1)?.headers ?? {}
  expect(headers).not.toHaveProperty('cookie')
  expect(headers).not.toHaveProperty('referer')
  expect(headers['user-agent']).toContain('Brook-LinkCards')
})

test('a page is asked once by several servers, and remembered for the next message', async () => {
  const path = `/once/${newCid()}`
  const link = site.has(path, '<title>Once</title>')
  const [first, second] = [await says(link), await says(`again ${link}`, bob)]
  await hasCards(first)
  await hasCards(second)
  await settled()
  expect(site.timesAsked(path)).toBe(1)
  const missing = site.url(`/missing/${newCid()}`)
  await says(missing)
  await afterwards()
  await says(`again ${missing}`)
  await afterwards()
  expect(site.timesAsked(new URL(missing).pathname), 'also that there is nothing').toBe(1)
})

test('a card is removed by its author and by moderators, not by others, and does not come back', async () => {
  const link = page('<title>Unwanted</title>')
  const seq = await says(`see ${link}`, bob)
  await hasCards(seq)
  const carol = await brook.enter(`Carol ${room}`)
  await carol.joins(room)
  expect(await removes(carol, seq, link)).toBe('not_yours')
  expect(await removes(ann, seq, link), 'who made the room moderates it').toBe(200)
  await hasCards(seq, 0)
  expect((await seen(seq)).cardsOff).toEqual([link])
  await bob.ask('PATCH', `/api/rooms/${room}/messages/${seq}`, { cid: newCid(), text: `see ${link} again` })
  await afterwards()
  expect(await cards(seq)).toEqual([])
  await brook.archive()
  expect(await cards(seq, bob)).toEqual([])
  const own = await says(`mine: ${link}`)
  await hasCards(own)
  expect(await removes(ann, own, link)).toBe(200)
  await hasCards(own, 0)
})

test('an edit that takes the link away takes its card, and a new link gets one', async () => {
  const [one, two] = [page('<title>One</title>'), page('<title>Two</title>')]
  const seq = await says(`first ${one}`)
  await hasCards(seq)
  await edits(seq, `then ${one} and ${two}`)
  const both = await hasCards(seq, 2)
  expect(both.map(({ title }) => title)).toEqual(['One', 'Two'])
  await edits(seq, `only ${two}`)
  expect((await hasCards(seq)).map(({ title }) => title)).toEqual(['Two'])
  await edits(seq, 'none')
  await hasCards(seq, 0)
  await brook.archive()
  expect(await cards(seq)).toEqual([])
})

test('what is deleted takes its card, its pictures and every trace of them along', async () => {
  const image = await site.shows(`/gone/${newCid()}`, 300, 200, '#a13')
  const link = page(`<title>Secret words</title><meta property="og:image" content="${image}">`)
  const seq = await says(link)
  const [card] = await hasCards(seq)
  const of = (hash = '') => brook.db.rows('SELECT seq FROM link_card_pictures WHERE hash = ?', [hash])
  expect(await of(card?.image?.hash)).toHaveLength(1)
  await ann.ask('DELETE', `/api/rooms/${room}/messages/${seq}`, { cid: newCid() })
  await until(async () => (await seen(seq)).deletedAt !== null)
  expect(await cards(seq)).toEqual([])
  const url = `/api/rooms/${room}/messages/${seq}/cards/${card?.image?.hash}`
  expect(await ann.tries('GET', url)).toBe('not_found')
  await brook.archive()
  expect(await of(card?.image?.hash)).toEqual([])
  const rows = await brook.db.rows<{ body: string | null }>(
    "SELECT body FROM changes WHERE room_id = ? AND target = ? AND kind = 'carded'",
    [BigInt(room), seq],
  )
  expect(rows).toEqual([{ body: null }])
  const log = JSON.stringify(await brook.redis.xrange(keysOf(0).log, '-', '+'))
  expect(log).not.toContain('Secret words')
})

test('no card for `<link>`, code, quotes and spoilers, nor for more than three links', async () => {
  const link = page('<title>Not asked for</title>')
  const quiet = await Promise.all(
    [`<${link}>`, `\`${link}\``, `> ${link}`, `||${link}||`, `\`\`\`\n${link}\n\`\`\``].map((text) =>
      says(text),
    ),
  )
  const many = [1, 2, 3, 4].map((n) => page(`<title>Page ${n}</title>`))
  const seq = await says(many.join(' '))
  expect((await hasCards(seq, 3)).map(({ title }) => title)).toEqual(['Page 1', 'Page 2', 'Page 3'])
  await afterwards()
  for (const one of quiet) expect(await cards(one)).toEqual([])
  expect(site.timesAsked(new URL(many[3] ?? '').pathname)).toBe(0)
  expect(site.timesAsked(new URL(link).pathname)).toBe(0)
})

test('the workspace and a room turn cards off, and sites are blocked', async () => {
  const root = await brook.arrive('Root')
  await brook.makesAdmin(root)
  const set = (body: object) => root.tries('PATCH', '/api/admin/link-cards', body)
  expect(await bob.tries('PATCH', '/api/admin/link-cards', { on: false })).toBe('not_found')
  const link = page('<title>Off</title>')
  expect(await set({ on: false })).toBe(200)
  const off = await says(link)
  await settled()
  expect(await set({ on: true, blocked: ['https://Example.com/path', 'not a host'] })).toBe('bad_request')
  expect(await set({ on: true })).toBe(200)
  expect(await ann.tries('PATCH', `/api/rooms/${room}`, { linkCards: false })).toBe(200)
  const offHere = await says(`here ${link}`)
  await settled()
  expect(await ann.tries('PATCH', `/api/rooms/${room}`, { linkCards: true })).toBe(200)
  await afterwards()
  expect(await cards(off)).toEqual([])
  expect(await cards(offHere)).toEqual([])
  expect(site.timesAsked(new URL(link).pathname)).toBe(0)
  expect(await set({ blocked: ['https://Example.com/path'] })).toBe(200)
  expect((await root.ask('GET', '/api/admin/link-cards')).body).toEqual({
    on: true,
    blocked: ['example.com'],
  })
  expect(await set({ blocked: [] })).toBe(200)
})

test('somebody chooses how they see cards', async () => {
  const view = async () => (await bob.ask<{ view: string }>('GET', '/api/me/link-cards')).body.view
  expect(await view()).toBe('open')
  expect(await bob.tries('PUT', '/api/me/link-cards', { view: 'hidden' })).toBe(200)
  expect(await view()).toBe('hidden')
  expect(await bob.tries('PUT', '/api/me/link-cards', { view: 'open' })).toBe(200)
  expect(await view()).toBe('open')
})

test('a bot reads the cards as entries, and nothing of one whose message was deleted', async () => {
  const made = await services.bots.add('reader')
  if ('code' in made) throw new Error(made.code)
  const bot = new Bot(made.token, ann.address)
  await bot.ask('PUT', `/api/rooms/${room}/members/me`)
  const from = await bot.catchesUp()
  const link = page('<title>For bots</title>')
  const seq = await says(link)
  await hasCards(seq)
  const told = async () => (await bot.catchesUp(from.cursor)).entries.filter(({ target }) => target === seq)
  await until(told, ({ length }) => length === 1)
  expect(await told()).toMatchObject([{ type: 'carded', cards: [{ title: 'For bots' }] }])
  await ann.ask('DELETE', `/api/rooms/${room}/messages/${seq}`, { cid: newCid() })
  await until(told, ({ length }) => length === 2)
  expect(await told()).toMatchObject([{ type: 'carded', cards: [] }, { type: 'deleted' }])
})

test('a site that is slow, endless or a bomb has no card, and keeps nobody waiting', async () => {
  const never = site.answers('/never', () => undefined)
  const endless = site.answers('/endless', (response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    const more = (): void => {
      while (response.write('<meta name="x" content="y">'.repeat(500)) && !response.destroyed);
    }
    response.on('drain', more)
    more()
  })
  const bomb = site.answers('/bomb', (response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
    response.end(gzipSync(Buffer.alloc(64 * 1_024 * 1_024, ' ')))
  })
  const seqs = [await says(`${never} ${endless}`), await says(bomb)]
  // Meanwhile others are served.
  await hasCards(await says(page('<title>Quick</title>')))
  await settled()
  for (const seq of seqs) expect(await cards(seq)).toEqual([])
})

test('redirects are followed up to three times, and a page in GBK is read', async () => {
  const to = site.answers('/gbk', (response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    // 中文标题 in GBK.
    const title = Buffer.from([0xd6, 0xd0, 0xce, 0xc4, 0xb1, 0xea, 0xcc, 0xe2])
    response.end(
      Buffer.concat([Buffer.from('<head><meta charset="gbk"><title>'), title, Buffer.from('</title>')]),
    )
  })
  for (const n of [1, 2, 3])
    site.answers(`/to/${n}`, (response) => {
      response.writeHead(301, { location: n === 1 ? to : `/to/${n - 1}` }).end()
    })
  const [card] = await hasCards(await says(site.url('/to/3')))
  expect(card?.title).toBe('中文标题')
  const circle = site.answers('/circle', (response) => {
    response.writeHead(302, { location: '/circle' }).end()
  })
  await says(circle)
  await until(() => site.timesAsked('/circle') === 4)
  await settled()
  expect(site.timesAsked('/circle')).toBe(4)
})
