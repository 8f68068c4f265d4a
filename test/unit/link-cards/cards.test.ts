// Which links of a text have cards, what entries make of them, and which addresses are never asked.
import { gunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guardedGet, refusedBy } from '../../../server/link-cards/page/guarded-get.ts'
import { carded, uncarded } from '../../../server/protocol/entries/carded.ts'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { linkCardLimits } from '../../../server/protocol/link-card-limits.ts'
import { toMessage } from '../../../server/protocol/timeline.ts'
import { cardLinksOf } from '../../../server/text/card-links.ts'
import { message } from '../../support/entries.ts'
import { LinkedSite } from '../../support/linked-site.ts'

describe('the links of a text', () => {
  test('that have cards are those that people see as links, each once, in order', () => {
    expect(
      cardLinksOf('see https://a.example/x and www.b.example, [c](https://c.example) https://a.example/x'),
    ).toEqual(['https://a.example/x', 'https://www.b.example/', 'https://c.example/'])
    expect(cardLinksOf('- https://a.example\n- **https://b.example**')).toHaveLength(2)
    expect(cardLinksOf('/rooms/7/5 and [#garden](/rooms/7)')).toEqual(['/rooms/7/5', '/rooms/7'])
  })

  test.each([
    '<https://a.example>',
    '`https://a.example`',
    '```\nhttps://a.example\n```',
    '> https://a.example',
    '||https://a.example||',
    '||see **https://a.example**||',
    'ann@a.example',
    '[x](mailto:ann@a.example)',
    'no link',
  ])('has none of %s', (text) => expect(cardLinksOf(text)).toEqual([]))

  test('that is asked for and not asked for has one', () => {
    expect(cardLinksOf('<https://a.example/> https://a.example/')).toEqual(['https://a.example/'])
  })
})

describe('an entry', () => {
  const base = toMessage(message(1).event) as SpokenMessage
  const common = { room: '1', seq: 2, cid: 'c', user: base.user, at: 1, target: 1 }
  const card = (link: string) => ({ link, site: 's', title: 't' })
  const with_ = (links: string[], to = base) =>
    carded.fold(to, { ...common, type: 'carded', cards: links.map(card) })
  const without = (link: string, of: SpokenMessage) =>
    uncarded.fold(of, { ...common, type: 'uncarded', link })

  test('has all cards from then on', () => {
    expect(with_(['a', 'b'], with_(['c'])).cards?.map(({ link }) => link)).toEqual(['a', 'b'])
    expect(with_([], with_(['c']))).not.toHaveProperty('cards')
  })

  test('removes a card for good, and after many all of them', () => {
    const left = without('a', with_(['a', 'b']))
    expect(left).toMatchObject({ cards: [card('b')], cardsOff: ['a'] })
    expect(with_(['a', 'b'], left).cards).toEqual([card('b')])
    const links = Array.from({ length: linkCardLimits.removed + 1 }, (_, n) => `l${n}`)
    const none = links.reduce((of, link) => without(link, of), with_(['b']))
    expect(none).toMatchObject({ cardsOff: ['*'] })
    expect(with_(['b'], none)).not.toHaveProperty('cards')
  })

  test.each([
    { cards: 'x' },
    { cards: [{ link: 'a' }] },
    { cards: [{ ...card('a'), image: { hash: 'h', width: 0, height: 1 } }] },
    { cards: [null] },
  ])('with %j is none', (body) => {
    expect(carded.parse(common, { target: 1, ...body }, () => undefined)).toBe('bad cards')
  })

  test('whose words were deleted is still one', () => {
    expect(carded.parse(common, { target: 1 }, () => undefined)).toMatchObject({ cards: [] })
    expect(carded.blank?.({ ...common, type: 'carded', cards: [card('a')] })).toMatchObject({ cards: [] })
  })
})

describe('an address', () => {
  let site: LinkedSite
  beforeAll(async () => void (site = await LinkedSite.up()))
  afterAll(() => site.goesDown())
  const guard = { mayBePrivate: false, isBlocked: (host: string) => host === 'blocked.example' }
  const asked = { accept: '*/*', bytes: 100, wants: () => true, signal: new AbortController().signal }

  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://app.localhost/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://192.168.1.1/',
    'http://[fd00::1]/',
    'http://metadata.internal/',
    'http://user:word@a.example/',
    'ftp://a.example/',
    'http://a.example:25/',
    'http://a.example:22/',
    'https://blocked.example/',
    'https://BLOCKED.example./',
  ])('%s is never asked', (url) => expect(refusedBy(guard, new URL(url))).toBe(true))

  test.each(['https://a.example/', 'http://a.example:8080/', 'https://8.8.8.8/'])('%s may be', (url) =>
    expect(refusedBy(guard, new URL(url))).toBe(false),
  )

  test('of this machine is refused before anything is sent, also after a redirect', async () => {
    const link = site.has('/here', '<title>x</title>')
    expect(await guardedGet(guard, { ...asked, url: new URL(link) })).toBe('refused')
    expect(site.asked).toEqual([])
    const away = site.answers('/away', (response) => {
      response.writeHead(302, { location: 'http://blocked.example/' }).end()
    })
    const inside = { ...guard, mayBePrivate: true }
    expect(await guardedGet(inside, { ...asked, url: new URL(away) })).toBe('refused')
    expect(await guardedGet(inside, { ...asked, url: new URL(link) })).toMatchObject({ type: /html/ })
  })

  test('whose answer is not read does no harm, however broken it is', async () => {
    const inside = { ...guard, mayBePrivate: true }
    const harm: unknown[] = []
    const note = (error: unknown): void => void harm.push(error)
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', note)
    for (const [status, type] of [[404, 'text/html'] as const, [200, 'application/zip'] as const]) {
      const url = site.answers(`/broken/${status}`, (response) => {
        response.writeHead(status, { 'content-type': type, 'content-encoding': 'gzip' }).end('not packed')
      })
      const wants = (said: string): boolean => said !== 'application/zip'
      expect(await guardedGet(inside, { ...asked, wants, url: new URL(url) })).toBe(
        status === 200 ? 'type' : 'status',
      )
      // Unpacking it would have failed by now.
      await new Promise((resolve) => gunzip('not packed', resolve))
      await guardedGet(inside, { ...asked, url: new URL(url) })
    }
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
    expect(harm).toEqual([])
  })
})
