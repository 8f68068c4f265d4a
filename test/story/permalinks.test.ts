// A message has an address: it leads there from anywhere, and a reader returns to where they were.
import { beforeAll, expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { settled } from '../support/browser-eye.ts'

const story = tellStory()
const spoken = 300
let room = ''
let secret = ''

beforeAll(async () => {
  const ann = await story().joins('Teller Ann')
  secret = (await ann.makes('secret', 'private')).id
  room = (await ann.makes('long')).id
  const cids = Array.from({ length: spoken }, (_, n) => ann.says(`word number ${n + 2}.`, { room }))
  for (const cid of cids) await ann.acked(cid)
})

const address = (seq: number | string, of = room): string => `/rooms/${of}/${seq}`
const pathOf = (visitor: Visitor): string => new URL(visitor.page.url()).pathname
const isInView = (visitor: Visitor, text: string): Promise<boolean> =>
  visitor
    .message(text)
    .first()
    .evaluate((el) => {
      const list = document.querySelector('#messages')?.getBoundingClientRect()
      const { top, bottom } = el.getBoundingClientRect()
      return list !== undefined && top >= list.top - 1 && bottom <= list.bottom + 1
    })

async function stands(visitor: Visitor, text: string): Promise<void> {
  await visitor.sees(text)
  await until(
    () => isInView(visitor, text),
    (is) => is,
  )
}

test.each([{ phone: false }, { phone: true }])(
  'a signed-out person opens a permalink, signs in and arrives there: %o',
  async (device) => {
    const bob = await story().opens(`Bob${device.phone ? ' on the phone' : ''}`, device)
    await bob.page.goto(address(100))
    await bob.nameField.fill(bob.name)
    await bob.presses(en.entry.enter)
    await stands(bob, 'word number 100.')
    expect(pathOf(bob)).toBe(address(100))
    await until(
      () => bob.focused(),
      (focused) => focused.startsWith('Teller Ann'),
    )
    expect(await bob.message('word number 100.').evaluate((el) => el === document.activeElement)).toBe(true)

    await bob.page.getByRole('button', { name: en.room.newest, exact: true }).click()
    await stands(bob, `word number ${spoken + 1}.`)
    await until(
      () => Promise.resolve(pathOf(bob)),
      (path) => path === `/rooms/${room}`,
    )
  },
)

test('around a permalink the reader scrolls both ways, and the address becomes plain again', async () => {
  const cho = await story().enters('Cho')
  await cho.page.goto(address(150))
  await stands(cho, 'word number 150.')
  await cho.list.hover()
  for (const [turn, goal] of [
    [-400, 60],
    [400, 280],
  ] as const) {
    for (
      let turns = 0;
      turns < 200 && (await cho.message(`word number ${goal}.`).count()) === 0;
      turns += 1
    ) {
      await cho.page.mouse.wheel(0, turn)
      await settled(cho.page)
    }
    await cho.sees(`word number ${goal}.`)
  }
  expect(pathOf(cho)).toBe(`/rooms/${room}`)
})

test('a copied link leads to its message, and so does a second one in the same room', async () => {
  const dia = await story().enters('Dia')
  await dia.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await dia.page.goto(address(40))
  await stands(dia, 'word number 40.')
  await dia.message('word number 41.').hover()
  await dia.acts('word number 41.', en.moment.link)
  const link = await until(
    () => dia.page.evaluate(() => navigator.clipboard.readText()),
    (text) => text !== '',
  )
  expect(new URL(link).pathname).toBe(address(41))
  await dia.page.goto(address(250))
  await stands(dia, 'word number 250.')
  await dia.page.goBack()
  await stands(dia, 'word number 40.')
})

test('a permalink to nothing says so, and one to a room that does not exist says no more', async () => {
  const eve = await story().enters('Eve')
  await eve.page.goto(address(90_000))
  await eve.isTold(fill(en.moment.noMessage, { seq: '90,000' }))
  await stands(eve, `word number ${spoken + 1}.`)
  eve.expects(/status of 404/)
  await eve.page.goto(address(1, secret))
  await eve.page.getByText(en.room.missingTitle).waitFor()
})

test('a reader is where they were after another room and after a reload', async () => {
  const fay = await story().enters('Fay')
  await fay.joins('long')
  await stands(fay, `word number ${spoken + 1}.`)
  await fay.page.goto(address(120))
  await stands(fay, 'word number 120.')
  await fay.list.hover()
  await fay.page.mouse.wheel(0, -130)
  await settled(fay.page)
  const topOf = (): Promise<number> =>
    fay.message('word number 118.').evaluate((el) => Math.round(el.getBoundingClientRect().top))
  const before = await topOf()
  await fay.goesTo('lobby')
  await fay.goesTo('long')
  await stands(fay, 'word number 118.')
  expect(Math.abs((await topOf()) - before), 'after another room').toBeLessThanOrEqual(1)
  await fay.page.goto(`/rooms/${room}`)
  await stands(fay, 'word number 118.')
  expect(Math.abs((await topOf()) - before), 'after a reload').toBeLessThanOrEqual(1)
})
