// Polls on screen: created in the composer, voted on with a click and with the keyboard, closed; in English on a
// desktop and in Chinese on a phone.
import type { Locator, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { textsOutsideNames } from '../support/label-in-name.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const findings = async (visitor: Visitor): Promise<string[]> => [
  ...(await axeFindings(visitor)),
  ...(await textsOutsideNames(visitor.page)),
]
const poll = ({ page, words }: Visitor, question: string): Locator =>
  page.getByRole('region', { name: fill(words.polls.of, { question }) })
const answer = (who: Visitor, question: string, option: string): Locator =>
  poll(who, question).locator('[data-answer]').filter({ hasText: option })

/** The name of an answer. `share`: in per cent. */
const result = ({ words }: Visitor, option: string, n: number, share: number): string =>
  fill(words.polls.answer, { option, n: fill(words.polls.count, { n }), share })
const votes = ({ words }: Visitor, n: number): string =>
  fill(words.polls.votes.split(' | ')[n === 1 ? 0 : 1] ?? words.polls.votes, { n: String(n) })
const isChosen = (who: Visitor, question: string, option: string): Promise<boolean> =>
  until(async () => (await answer(who, question, option).getAttribute('aria-pressed')) === 'true')

/** From the composer's menu. Leaves the last field empty, as people do. */
async function asks(who: Visitor, question: string, options: string[], more: string[] = []): Promise<void> {
  const { page, words, dialog } = who
  await page.getByRole('button', { name: words.composer.tools }).click()
  await page.getByRole('menuitem', { name: words.polls.new }).click()
  await dialog.getByLabel(words.polls.question).fill(question)
  for (const [place, option] of options.entries())
    await dialog.getByLabel(fill(words.polls.answerNumber, { n: String(place + 1) })).fill(option)
  for (const word of more) await dialog.getByLabel(word).check()
  await dialog.getByRole('button', { name: words.polls.ask }).click()
  await poll(who, question).waitFor()
}

test('a poll is shown to the person who creates it, from wherever they are reading', async () => {
  const uma = await story().enters('Uma')
  await uma.makes('long')
  const lines = 'each of them is long enough to need two rows of the list. '.repeat(4)
  for (let line = 1; line <= 20; line += 1) await uma.says(`${line}: ${lines}`)
  const last = uma.page.getByText('20: each of them')
  await last.waitFor()
  // Again, because the list may still be following the message that was sent.
  await until(async () => {
    await uma.list.evaluate((list) => (list.scrollTop = 0))
    return !(await last.isVisible())
  })
  await asks(uma, 'Where am I?', ['At the end', 'At the beginning'])
  await until(() => poll(uma, 'Where am I?').isVisible())
})

test('a poll is created, voted on by click and by keyboard, seen by all with names, and closed', async () => {
  const ann = await story().enters('Ann')
  const bob = await story().enters('王小明', { locale: 'zh-CN', phone: true, theme: 'dark' })
  await ann.makes('garden')
  await bob.joins('garden')

  await ann.page.getByRole('button', { name: ann.words.composer.tools }).click()
  await ann.page.getByRole('menuitem', { name: ann.words.polls.new }).click()
  await ann.dialog.getByRole('button', { name: ann.words.polls.ask }).click()
  await ann.dialog.getByText(ann.words.polls.problem.noQuestion).waitFor()
  await ann.dialog.getByLabel(ann.words.polls.question).fill('周六还是周日?')
  expect(await findings(ann)).toEqual([])
  // Enter goes to the next field and creates nothing.
  await ann.page.keyboard.press('Enter')
  expect(await ann.focused()).toBe(fill(ann.words.polls.answerNumber, { n: '1' }))
  await ann.page.keyboard.press('Enter')
  expect(await ann.focused()).toBe(fill(ann.words.polls.answerNumber, { n: '2' }))
  await ann.dialog.getByText(ann.words.polls.problem.tooFew).waitFor()
  await ann.page.keyboard.press('Escape')

  const question = 'Saturday or Sunday for the big dig?'
  await asks(ann, question, [
    '☀️ Saturday',
    'Sunday',
    'A day in the week, after six, when it is not too hot any more',
  ])
  await answer(ann, question, 'Saturday').click()
  await answer(bob, question, 'Sunday').tap()
  await until(
    () => answer(ann, question, 'Sunday').getAttribute('aria-label'),
    (label) => label === result(ann, 'Sunday', 1, 50),
  )
  await answer(ann, question, 'Sunday').hover()
  await ann.page.getByRole('tooltip').filter({ hasText: '王小明' }).waitFor()
  await answer(ann, question, 'Sunday').focus()
  await ann.page.keyboard.press('Enter')
  await until(
    () => answer(bob, question, 'Sunday').getAttribute('aria-label'),
    (label) => label === result(bob, 'Sunday', 2, 100),
  )
  expect(await answer(bob, question, 'Sunday').getAttribute('aria-pressed')).toBe('true')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  for (const who of [ann, bob]) expect(await findings(who)).toEqual([])

  // Who has voted, for those who have no pointer.
  await poll(bob, question)
    .getByRole('button', { name: votes(bob, 2) })
    .tap()
  await bob.dialog.getByText('Ann', { exact: true }).waitFor()
  expect(await bob.dialog.locator('dd').allTextContents()).toEqual([
    bob.words.polls.nobody,
    bob.words.people.you,
    'Ann',
    bob.words.polls.nobody,
  ])
  expect(await findings(bob)).toEqual([])
  await bob.dialog.getByRole('button', { name: bob.words.close }).tap()

  const { close } = ann.words.polls
  expect(await poll(bob, question).getByRole('button', { name: bob.words.polls.close }).count()).toBe(0)
  await poll(ann, question).getByRole('button', { name: close }).click()
  await ann.dialog.getByText(ann.words.polls.closeText).waitFor()
  await ann.dialog.getByRole('button', { name: ann.words.cancel }).click()
  await ann.dialog.waitFor({ state: 'detached' })
  expect(await ann.focused()).toBe(close)
  await poll(ann, question).getByRole('button', { name: close }).click()
  await ann.dialog.getByRole('button', { name: close }).click()
  await poll(bob, question).getByText(bob.words.polls.closed).waitFor()
  expect(await answer(bob, question, 'Saturday').isEnabled()).toBe(false)
  await ann.dialog.waitFor({ state: 'detached' })
  await until(
    () => ann.focused(),
    (label) => label.startsWith('Ann'),
  )
})

test('in an anonymous poll of several answers people find their own choice again, and nobody’s name', async () => {
  const dan = await story().enters('Dan')
  const cho = await story().enters('Cho')
  await dan.makes('orchard')
  await cho.joins('orchard')
  const question = 'Which trees?'
  const { allowMultiple, makeAnonymous } = dan.words.polls
  await asks(dan, question, ['Apple', 'Pear', 'Plum'], [allowMultiple, makeAnonymous])
  // Without a pause: neither is lost.
  for (const tree of ['Apple', 'Plum']) await answer(cho, question, tree).click()
  await until(
    () => answer(dan, question, 'Plum').getAttribute('aria-label'),
    (label) => label === result(dan, 'Plum', 1, 100),
  )
  await poll(dan, question).getByText(votes(dan, 1)).waitFor()
  expect(
    await poll(dan, question)
      .getByRole('button', { name: votes(dan, 1) })
      .count(),
  ).toBe(0)
  await answer(dan, question, 'Apple').hover()
  expect(await dan.page.getByRole('tooltip').filter({ hasText: 'Cho' }).count()).toBe(0)
  await cho.page.reload()
  await isChosen(cho, question, 'Plum')
  expect(await answer(cho, question, 'Pear').getAttribute('aria-pressed')).toBe('false')
})

test('in an anonymous poll what was chosen on another device is kept and shown', async () => {
  const eve = await story().enters('Eve', { phone: true })
  await eve.makes('meadow')
  const question = 'Which flowers?'
  const { allowMultiple, makeAnonymous } = eve.words.polls
  await asks(eve, question, ['Aster', 'Daisy', 'Poppy'], [allowMultiple, makeAnonymous])
  const button = poll(eve, question).getByRole('button', { name: eve.words.polls.close })
  expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  const tablet = await eve.anotherTab()
  await poll(tablet, question).waitFor()
  await answer(eve, question, 'Aster').click()
  await isChosen(tablet, question, 'Aster')

  // A click waits until the earlier choice is known.
  const held: Route[] = []
  await tablet.page.route('**/polls/votes?*', (route) => void held.push(route))
  await tablet.page.reload()
  await until(() => held.length > 0)
  await answer(tablet, question, 'Daisy').click()
  expect(await answer(tablet, question, 'Aster').getAttribute('aria-pressed')).toBe('false')
  await Promise.all(held.map((route) => route.continue()))
  for (const who of [tablet, eve])
    for (const flower of ['Aster', 'Daisy']) await isChosen(who, question, flower)
})

test('a vote without a connection waits, and is sent once there is one', async () => {
  const fay = await story().enters('Fay')
  await fay.makes('pond')
  const question = 'Frogs or newts?'
  await asks(fay, question, ['Frogs', 'Newts'])
  await fay.goesOffline()
  await fay.isTold(fay.words.link.offline)
  await answer(fay, question, 'Newts').click()
  await isChosen(fay, question, 'Newts')
  await fay.comesBack()
  const other = await fay.anotherTab()
  await isChosen(other, question, 'Newts')
})
