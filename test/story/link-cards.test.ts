// Link cards on screen: they come after the message, move nothing that is being read, are folded and removed; a page cannot harm
// whoever reads; and a link to a message of this Brook shows it to those who may read it. English on a desktop, Chinese on a phone.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settled, watchEye } from '../support/browser-eye.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { textsOutsideNames } from '../support/label-in-name.ts'
import { LinkedSite } from '../support/linked-site.ts'
import { until } from '../support/until.ts'

let site: LinkedSite
const settings = { linkCardsPrivate: true, dataDir: '' }
beforeAll(async () => {
  settings.dataDir = await mkdtemp(path.join(os.tmpdir(), 'brook-cards-'))
  site = await LinkedSite.up()
})
const story = tellStory({ settings })
afterAll(async () => {
  await site.goesDown()
  await rm(settings.dataDir, { recursive: true, force: true })
})

const findings = async (visitor: Visitor): Promise<string[]> => [
  ...(await axeFindings(visitor)),
  ...(await textsOutsideNames(visitor.page)),
]
const cardOf = ({ page, words }: Visitor, title: string): Locator =>
  page.getByRole('region', { name: fill(words.cards.of, { title: `\u2068${title}\u2069` }) })
const shot = async ({ page }: Visitor, name: string): Promise<void> => {
  const folder = process.env['SHOTS']
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) })
}

test('a card comes after its message, is folded by whoever reads it, and removed by its author for all', async () => {
  const ann = await story().enters('Ann')
  const bob = await story().enters('陈静', { locale: 'zh-CN', phone: true, theme: 'dark' })
  await ann.makes('library')
  await bob.joins('library')
  const wide = await site.shows('/wide.png', 1_200, 630, '#357')
  const small = await site.shows('/small.png', 200, 200, '#a63')
  const icon = await site.shows('/icon.png', 64, 64, '#e33')
  const long = 'A guide to slow rivers, their banks and everything that lives in them'
  const one = site.has(
    '/one',
    `<meta property="og:title" content="${long}"><meta property="og:site_name" content="River Notes">
     <meta property="og:description" content="Where they rise, how they bend, and what to look for when the water is low.">
     <meta property="og:image" content="${wide}"><link rel="icon" href="${icon}">`,
  )
  const two = site.has(
    '/two',
    `<title>茶的种类</title><meta name="description" content="绿茶、红茶与乌龙茶的区别，以及如何冲泡。">
     <meta property="og:image" content="${small}">`,
  )
  await ann.says(`for the weekend: ${one} and ${two}`)
  for (const who of [ann, bob]) {
    await cardOf(who, long).getByText('River Notes').waitFor()
    await cardOf(who, '茶的种类').waitFor()
    // Every picture is there, from this Brook.
    await until(() =>
      who.page
        .locator('[data-link-cards] img')
        .evaluateAll(
          (all) =>
            all.length === 3 &&
            all.every((img) => (img as HTMLImageElement).naturalWidth > 0 || !img.checkVisibility()) &&
            all.every((img) => new URL((img as HTMLImageElement).src).origin === location.origin),
        ),
    )
    expect(await findings(who)).toEqual([])
    await shot(who, `cards-${who === ann ? 'en' : 'zh'}`)
  }
  expect(await bob.overflow()).toBeLessThanOrEqual(0)

  await cardOf(bob, long).getByRole('button', { name: bob.words.cards.fold }).tap()
  await until(async () => !(await cardOf(bob, long).getByText('Where they rise').isVisible()))
  await shot(bob, 'folded-zh')
  expect(await findings(bob)).toEqual([])
  expect(await cardOf(ann, long).getByText('Where they rise').isVisible(), 'for oneself alone').toBe(true)
  // Whoever is only reading cannot remove it.
  expect(await cardOf(bob, long).getByRole('button', { name: bob.words.cards.remove }).count()).toBe(0)

  await cardOf(ann, '茶的种类').getByRole('button', { name: ann.words.cards.remove }).click()
  for (const who of [ann, bob]) await cardOf(who, '茶的种类').waitFor({ state: 'detached' })
  // By the keyboard: the menu of the message.
  await ann.page.locator('[data-message]').last().focus()
  await ann.page.keyboard.press('ContextMenu')
  await ann.page.getByRole('menuitem', { name: ann.words.cards.removeAll }).press('Enter')
  for (const who of [ann, bob]) await cardOf(who, long).waitFor({ state: 'detached' })
})

/** In the page: the message that says "early" gets another text. */
async function edit({ room, text, cid }: { room: string; text: string; cid: string }): Promise<void> {
  const answer = await fetch(`/api/rooms/${room}/messages?limit=100`)
  const { messages } = (await answer.json()) as { messages: { seq: number; text?: string }[] }
  const seq = messages.find((one) => one.text === 'early')?.seq
  await fetch(`/api/rooms/${room}/messages/${seq}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cid, text }),
  })
}

test('a card that comes late moves nothing of what is being read', async () => {
  const una = await story().enters('Una')
  await una.makes('long talk')
  const image = await site.shows('/late.png', 1_200, 630)
  const late = site.has('/late', `<title>Late</title><meta property="og:image" content="${image}">`)
  for (let line = 1; line <= 15; line += 1) await una.says(`line ${line}`)
  await una.says('early')
  for (let line = 16; line <= 60; line += 1) await una.says(`line ${line}`)
  await una.page.getByText('line 60', { exact: true }).waitFor()
  // What will grow is right above the upper edge.
  await una.list.evaluate((list) => (list.scrollTop = 0))
  await una.page.getByText('early', { exact: false }).first().waitFor()
  await settled(una.page)
  await una
    .message('early')
    .first()
    .evaluate((row) => {
      const list = row.closest('#messages')
      if (list !== null)
        list.scrollTop += row.getBoundingClientRect().bottom - list.getBoundingClientRect().top + 4
    })
  await settled(una.page)
  const eye = await watchEye(una.page)
  const room = una.page.url().split('/').at(-1) ?? ''
  await una.page.evaluate(edit, { room, text: `early ${late}`, cid: newCid() })
  await until(async () => {
    const page = await una.page.request.get(`/api/rooms/${room}/messages?limit=100`)
    return ((await page.json()) as { messages: object[] }).messages.some((one) => 'cards' in one)
  })
  await settled(una.page)
  expect((await eye()).movedBy, 'of what is read').toBeLessThanOrEqual(1)
  // At the newest, the reader stays there: the message that grows is the last one.
  const last = site.has('/last', `<title>Last page</title><meta property="og:image" content="${image}">`)
  await una.says(`newest ${last}`)
  await cardOf(una, 'Last page').waitFor()
  const fromEnd = () => una.list.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight)
  await settled(una.page)
  expect(Math.round(await fromEnd())).toBeLessThanOrEqual(1)
})

test('what a hostile page says is words, and nothing of it runs or is asked for', async () => {
  const eve = await story().enters('Eve')
  await eve.makes('traps')
  const tracker = await site.shows(`/tracker.png`, 100, 100)
  const trap = site.has(
    '/trap',
    `<meta property="og:title" content="&lt;img src=x onerror=alert(1)&gt; \u202egnp.exe">
     <meta property="og:description" content="&lt;script&gt;alert(1)&lt;/script&gt;">
     <meta property="og:site_name" content="&lt;b&gt;Bank&lt;/b&gt;"><meta property="og:image" content="javascript:alert(1)">
     <link rel="icon" href="${tracker}"><meta http-equiv="refresh" content="0;url=${site.url('/elsewhere')}">`,
  )
  await eve.says(trap)
  const card = cardOf(eve, '<img src=x onerror=alert(1)> gnp.exe')
  await card.getByText('<script>alert(1)</script>').waitFor()
  await card.getByText('<b>Bank</b>').waitFor()
  const link = card.getByRole('link')
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  expect(await findings(eve)).toEqual([])
  expect(site.timesAsked('/elsewhere')).toBe(0)
  // The server alone has asked, once for each.
  expect(site.timesAsked('/tracker.png')).toBe(1)
})

test('a link to a message shows it to those who may read it, and to others nothing', async () => {
  const kim = await story().enters('Kim')
  const leo = await story().enters('Leo')
  // The message is not there for him.
  leo.expects(/404/)
  await kim.makes('secrets', { isPrivate: true })
  await kim.says('the plan of the garden')
  await kim.stands('the plan of the garden', 'archived')
  const { pathname } = new URL(kim.page.url())
  const room = pathname.split('/')[2] ?? ''
  const newest = await kim.page.request.get(`/api/rooms/${room}/messages?limit=1`)
  const { messages } = (await newest.json()) as { messages: { seq: number }[] }
  const seq = messages[0]?.seq
  await kim.makes('plaza')
  await leo.joins('plaza')
  await kim.says(`see /rooms/${room}/${seq}`)
  await kim.page.locator('[data-forwarded]').getByText('the plan of the garden').waitFor()
  await leo.page.locator('[data-forwarded]').getByText(leo.words.forward.hidden).waitFor()
  expect(await findings(kim)).toEqual([])
  await shot(kim, 'own-link')
})

test('somebody hides cards for themselves, and an administrator names sites without them', async () => {
  const mia = await story().enters('Mia')
  await mia.makes('quiet')
  const link = site.has('/quiet', '<title>Quiet page</title>')
  await mia.says(link)
  await cardOf(mia, 'Quiet page').waitFor()
  const back = mia.page.url()
  await mia.page.goto(new URL('/account', back).href)
  const choice = mia.page.getByRole('combobox', { name: mia.words.cards.title })
  await choice.selectOption('hidden')
  await until(
    async () =>
      (await mia.page.request.get('/api/me/link-cards').then((one) => one.json())).view === 'hidden',
  )
  expect(await findings(mia)).toEqual([])
  await shot(mia, 'account')
  await mia.page.goto(back)
  await mia.page.getByText(link).waitFor()
  expect(await cardOf(mia, 'Quiet page').count()).toBe(0)
})
