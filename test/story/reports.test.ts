// A reader reports a message, an administrator handles it, and the reader hears what came of it.
import { expect, test } from 'vitest'
import { devices, isClean as axeFindsNothing } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'

const story = tellStory()
const isolated = (name: string): string => `\u2068${name}\u2069`

async function isClean(visitor: Visitor): Promise<void> {
  await axeFindsNothing(visitor)
  expect(await visitor.overflow()).toBe(0)
}

test.each(devices)('reported, seen at once, handled and answered: %s', async (place, device) => {
  const eve = await story().joins(`Eve ${place}`)
  const own = await story().joins(`Root ${place}`)
  await story().brook.makesAdmin(own)
  const { id: room } = await own.makes(`garden ${place}`)
  await eve.joins(room)
  const text = `buy my boats ${place}`
  const { seq } = await eve.acked(eve.says(text, { room }))
  const root = await story().opens(`Root ${place}`, { ...device, cookie: own.cookie })
  await root.page.goto('/admin/reports')
  await root.page.getByRole('heading', { name: root.words.reports.none }).waitFor()
  await isClean(root)

  const bob = await story().enters(`Bob ${place}`, device)
  const { reports } = bob.words
  await bob.page.goto(`/rooms/${room}/${seq}`)
  await bob.page.getByText(text).first().waitFor()
  await bob.acts(text, reports.report)
  await bob.dialog.getByLabel(reports.reasons.abuse).check()
  await bob.dialog.getByLabel(reports.note).fill('Third time today')
  await isClean(bob)
  await bob.dialog.getByRole('button', { name: reports.send, exact: true }).click()
  await bob.dialog.waitFor({ state: 'detached' })

  // Without a reload, and counted where administrators find it.
  const list = root.page.getByRole('list', { name: root.words.reports.state.open })
  await list.getByText(text).waitFor()
  await list.getByText('Third time today').waitFor()
  await list.getByRole('button', { name: root.words.reports.context }).click()
  await list.getByRole('listitem').filter({ hasText: text }).last().waitFor()
  await isClean(root)
  await list.getByRole('button', { name: root.words.reports.addAnswer }).click()
  await root.page.keyboard.type('Thank you')
  await isClean(root)
  await list.getByRole('button', { name: root.words.reports.delete }).click()
  await root.page.getByRole('heading', { name: root.words.reports.none }).waitFor()
  expect(await root.focused()).toBe(root.words.manage.section.reports)
  await root.page.getByRole('button', { name: root.words.reports.state.handled }).click()
  await root.page.getByText(text).first().waitFor()
  await isClean(root)

  await bob.page.goto('/mentions')
  if (device.phone === true) await bob.page.goto('/')
  const card = bob.page.getByRole('region', { name: reports.own.title })
  await card.getByText('Thank you').waitFor()
  await card
    .getByText(fill(reports.own.about, { name: isolated(eve.user.name), room: isolated(`garden ${place}`) }))
    .waitFor()
  await isClean(bob)
  await card.getByRole('button', { name: reports.own.away }).click()
  await card.waitFor({ state: 'detached' })
  await bob.page.reload()
  await bob.isIn()
  expect(await card.count()).toBe(0)
})
