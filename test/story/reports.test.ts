// A reader reports a message, an administrator handles it, and the reader hears what came of it.
import { expect, test } from 'vitest'
import { administrator, isolated, isTidy, reportsMessage } from '../support/browser-admin.ts'
import { otherPair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

test.each(otherPair)('reported, seen at once, handled and answered: %s', async (place, device) => {
  const eve = await story().joins(`Eve ${place}`)
  const [root, own] = await administrator(story(), `Root ${place}`, device)
  const { id: room } = await own.makes(`garden ${place}`)
  await eve.joins(room)
  const text = `buy my boats ${place}`
  const { seq } = await eve.acked(eve.says(text, { room }))
  await root.page.goto('/admin/reports')
  await root.page.getByRole('heading', { name: root.words.reports.none }).waitFor()
  await isTidy(root)

  const bob = await story().enters(`Bob ${place}`, device)
  const { reports } = bob.words
  await bob.page.goto(`/rooms/${room}/${seq}`)
  await bob.page.getByText(text).first().waitFor()
  await reportsMessage(bob, text, 'Third time today')

  // Without a reload, and counted where administrators find it.
  const list = root.page.getByRole('list', { name: root.words.reports.state.open })
  await list.getByText(text).waitFor()
  await list.getByText('Third time today').waitFor()
  await list.getByRole('button', { name: root.words.reports.context }).click()
  await list.getByRole('listitem').filter({ hasText: text }).last().waitFor()
  await isTidy(root)
  await list.getByRole('button', { name: root.words.reports.addAnswer }).click()
  await root.page.keyboard.type('Thank you')
  await isTidy(root)
  await list.getByRole('button', { name: root.words.reports.delete }).click()
  await root.page.getByRole('heading', { name: root.words.reports.none }).waitFor()
  expect(await root.focused()).toBe(root.words.manage.section.reports)
  await root.page.getByRole('button', { name: root.words.reports.state.handled }).click()
  await root.page.getByText(text).first().waitFor()
  await isTidy(root)

  await bob.page.goto('/mentions')
  if (device.phone === true) await bob.page.goto('/')
  const card = bob.page.getByRole('region', { name: reports.own.title })
  await card.getByText('Thank you').waitFor()
  await card
    .getByText(fill(reports.own.about, { name: isolated(eve.user.name), room: isolated(`garden ${place}`) }))
    .waitFor()
  await isTidy(bob)
  await card.getByRole('button', { name: reports.own.away }).click()
  await card.waitFor({ state: 'detached' })
  await bob.page.reload()
  await bob.isIn()
  expect(await card.count()).toBe(0)
})

test.each(otherPair)(
  'a word is held by a rule; its author sees that it waits, and that it was posted: %s',
  async (place, device) => {
    const [rita, own] = await administrator(story(), `Rita ${place}`, device)
    const { id: room, name } = await own.makes(`shop ${place}`)
    const { rules, reports } = rita.words
    await story().brook.db.run('DELETE FROM word_rules')
    await rita.page.goto('/admin/rules')
    await rita.page.getByRole('heading', { name: rules.none }).waitFor()
    await isTidy(rita)
    await rita.page.getByRole('button', { name: rules.add }).click()
    await rita.dialog.getByLabel(rules.word, { exact: true }).fill('lottery')
    await rita.dialog.getByLabel(rules.does).selectOption('hold')
    await isTidy(rita)
    await rita.dialog.getByRole('button', { name: rules.save, exact: true }).click()
    await rita.page
      .getByRole('list', { name: rita.words.manage.section.rules })
      .getByText('lottery')
      .waitFor()
    await isTidy(rita)

    const eve = await story().enters(`Eve of ${place}`, device)
    await eve.joins(name)
    await eve.says('win the lottery now')
    const { own: told } = eve.words.reports
    const card = eve.page.getByRole('region', { name: told.heldTitle })
    /** A card where there is room for it, otherwise a toast; never both. */
    const reads = async (words: string): Promise<void> => {
      const text = fill(words, { room: isolated(name) })
      if (device.phone === true) return eve.toast(text).waitFor()
      await card.getByText(text).waitFor()
      expect(await eve.toast(text).count()).toBe(0)
    }
    await reads(told.waits)
    await rita.page.getByRole('link', { name: rita.words.manage.section.reports, exact: true }).click()
    const list = rita.page.getByRole('list', { name: reports.state.open })
    await list.getByText('win the lottery now').waitFor()
    await isTidy(rita)
    await list.getByRole('button', { name: reports.post, exact: true }).click()
    await rita.page.getByRole('heading', { name: reports.none }).waitFor()
    await eve.sees('win the lottery now')
    await reads(told.posted)
    expect(await eve.said()).toEqual(['win the lottery now'])
    await isTidy(eve)
    expect((await own.page('', room)).messages.filter(({ kind }) => kind === 'message')).toHaveLength(1)

    // The next one is taken back, and stands in the field again.
    await eve.page.getByRole('button', { name: eve.words.composer.tools }).click()
    const chooser = eve.page.waitForEvent('filechooser')
    await eve.page.getByRole('menuitem', { name: eve.words.attach.pick }).click()
    const ticket = { name: 'ticket.txt', mimeType: 'text/plain', buffer: Buffer.from('number seven') }
    await (await chooser).setFiles(ticket)
    // In the field: what is held shows it, too.
    const tile = eve.page.locator('[data-file]:not([data-file=""])').getByText(ticket.name)
    await tile.waitFor()
    await eve.says('//lottery')
    await reads(told.waits)
    await list.getByText('number seven').waitFor()
    await isTidy(rita)
    if (device.phone === true) await eve.page.goto('/')
    await card.getByRole('button', { name: told.withdraw }).click()
    await eve.toast(told.withdrawn).waitFor()
    await until(
      () => eve.composer.inputValue(),
      (text) => text === '//lottery',
    )
    await tile.waitFor()
    await isTidy(eve)
    await rita.page.getByRole('heading', { name: reports.none }).waitFor()
  },
)
