// Somebody searches, narrows the search, moves through the hits, and goes to one.
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { focusedNode } from '../support/browser-ear.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { settled } from '../support/browser-eye.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()

async function isFine(visitor: Visitor): Promise<void> {
  await settled(visitor.page)
  expect(await axeFindings(visitor)).toEqual([])
  expect(await visitor.overflow()).toBe(0)
}
const field = (visitor: Visitor): Locator =>
  visitor.page.getByRole('combobox', { name: visitor.words.search.label })
const hits = (visitor: Visitor): Locator => visitor.page.locator('[data-hit]')
const marks = (visitor: Visitor): Promise<string[]> =>
  visitor.page.locator('[data-hit] mark').allTextContents()

test('messages are found by their words in two scripts, narrowed by filters, and opened', async () => {
  const ann = await story().enters('Ann')
  await ann.makes('garden')
  await ann.says('升级Redis7失败，先回滚')
  await ann.says('It was **surely** ||the gardener||')
  await ann.says('redis is well again')
  await ann.sees('well again')
  await ann.makes('kitchen')
  await ann.says('Redis in the kitchen')
  await ann.sees('in the kitchen')
  // In the list, a slash leads to the search.
  await ann.list.focus()
  await ann.page.keyboard.press('/')
  await field(ann).waitFor()
  expect(await ann.focused()).toBe(ann.words.search.label)
  await isFine(ann)
  await ann.page.keyboard.type('redis')
  await ann.page.getByText(fill('3 messages found')).waitFor()
  await expect.poll(() => marks(ann)).toEqual(['Redis', 'redis', 'Redis'])
  await isFine(ann)
  // On a slow machine a search begins before the name is whole.
  ann.expects(/status of 404 .*\/api\/search/)
  await field(ann).fill('redis in:gar')
  await ann.page.getByRole('option', { name: 'garden' }).waitFor()
  await ann.page.keyboard.press('Enter')
  await ann.page.getByText('2 messages found').waitFor()
  await field(ann).fill('失')
  await ann.page.getByText('1 message found').waitFor()
  // The neighbours are there as readable text: without marks, and with spoilers hidden.
  expect(await hits(ann).first().textContent()).toMatch(/It was surely (?!.*gardener)/)
  expect(await marks(ann)).toEqual(['失'])
  expect(new URL(ann.page.url()).searchParams.get('q')).toBe('失')
  await ann.page.keyboard.press('ArrowDown')
  await expect
    .poll(() =>
      hits(ann)
        .first()
        .getByRole('link')
        .evaluate((link) => link === document.activeElement),
    )
    .toBe(true)
  // Heard: who, where and when, and then the words.
  expect(await focusedNode(ann.page)).toEqual({
    role: 'link',
    name: expect.stringMatching(/^Ann #?garden Today/),
    description: '升级Redis7失败，先回滚',
  })
  expect(await hits(ann).first().getByRole('link').getAttribute('href')).toMatch(/^\/rooms\/\d+\/\d+$/)
  await ann.page.keyboard.press('Enter')
  await ann.isInRoom('garden')
  await ann.sees('升级Redis7失败')
  // It is offered again.
  await ann.rooms.getByRole('link', { name: ann.words.search.label }).click()
  await ann.page.getByRole('button', { name: '失' }).click()
  await ann.page.getByText('1 message found').waitFor()
})

test('a search that is opened by its address shows its filters, and Back leads to the hit that was opened', async () => {
  const noa = await story().enters('Noa')
  await noa.makes('attic')
  const room = /\d+/.exec(new URL(noa.page.url()).pathname)?.[0] ?? ''
  for (let n = 1; n <= 24; n += 1)
    await noa.page.request.post(`/api/rooms/${room}/messages`, { data: { cid: newCid(), text: `hit ${n}` } })
  await noa.sees('hit 24')
  await noa.page.goto(new URL(`/search?q=${encodeURIComponent('hit in:attic')}`, noa.page.url()).href)
  await field(noa).waitFor()
  await expect.poll(() => noa.focused()).toBe(noa.words.search.label)
  expect(await noa.page.getByRole('listbox').isVisible()).toBe(false)
  await expect.poll(() => hits(noa).count()).toBe(20)
  await noa.page.getByRole('button', { name: noa.words.list.older }).click()
  await expect.poll(() => hits(noa).count()).toBe(24)
  expect(await inWindow(noa)).toBeGreaterThanOrEqual(8)
  const opened = hits(noa).nth(22).getByRole('link')
  await opened.scrollIntoViewIfNeeded()
  const before = await opened.boundingBox()
  await opened.press('Enter')
  await noa.isInRoom('attic')
  await noa.page.goBack()
  await expect.poll(() => hits(noa).count()).toBe(24)
  await expect.poll(() => opened.evaluate((hit) => hit === document.activeElement)).toBe(true)
  expect(await opened.boundingBox()).toEqual(before)
  await isFine(noa)
})

/** How many hits are wholly visible. */
const inWindow = (visitor: Visitor): Promise<number> =>
  hits(visitor).evaluateAll((all) => {
    const list = document.getElementById('messages')?.getBoundingClientRect()
    const isIn = ({ top, bottom }: DOMRect): boolean =>
      list !== undefined && top >= list.top && bottom <= Math.min(list.bottom, innerHeight)
    return all.filter((hit) => isIn(hit.getBoundingClientRect())).length
  })

test('no hits and an invalid query are explained, on a phone and in Chinese', async () => {
  const lisi = await story().enters('李思', { locale: 'zh-CN', phone: true })
  await lisi.rooms.getByRole('link', { name: lisi.words.search.label }).click()
  await field(lisi).fill('没有人说过这个')
  await lisi.page.getByRole('heading', { name: lisi.words.search.none }).waitFor()
  await isFine(lisi)
  await field(lisi).fill('redis before:昨天')
  await lisi.page.getByText(fill(lisi.words.search.problem.bad_date, { piece: '昨天' })).waitFor()
  await isFine(lisi)
})
