// An administrator deletes what somebody has said, and takes it back: by itself, and with a ban. Readers see both at once.
import { expect, test } from 'vitest'
import { expireAll } from '../../server/erasing/retention.ts'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { LogWriter } from '../../server/log/log-writer.ts'
import { administrator, isolated, isTidy } from '../support/browser-admin.ts'
import { otherPair, pair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

test.each(otherPair)(
  'everything of somebody goes from every screen, and is back: %s',
  async (place, device) => {
    const eve = await story().joins(`Eve ${place}`)
    const [root] = await administrator(story(), `Root ${place}`, device)
    const bob = await story().enters(`Bob ${place}`, device)
    const { accounts, bans, erasing, undo } = root.words
    const { deleted } = bob.words.room
    const [first, second, answer] = [`buy pills: ${place}`, `more pills: ${place}`, `please stop: ${place}`]
    for (const text of [first, second]) await eve.acked(eve.says(text))
    await bob.page.goto(`/rooms/${eve.room}`)
    await bob.sees(second)
    await bob.says(answer)
    const isGone = async (): Promise<void> => {
      for (const text of [first, second]) await bob.list.getByText(text).waitFor({ state: 'detached' })
      await bob.list.getByText(answer).waitFor()
      expect(await bob.list.getByText(deleted).count()).toBeGreaterThanOrEqual(2)
    }

    // By itself, and undone where it is told.
    const name = isolated(eve.user.name)
    await root.page.goto('/admin/people')
    await root.page.getByLabel(accounts.find).fill(eve.user.name)
    const menu = root.page.getByRole('button', { name: fill(root.words.people.menu, { name }) })
    await menu.click()
    await root.page.getByRole('menuitem', { name: accounts.erase }).click()
    const dialog = root.page.getByRole('dialog', { name: fill(erasing.title, { name }) })
    await dialog.getByLabel(erasing.from).selectOption(erasing.since.all)
    await isTidy(root)
    await dialog.getByRole('button', { name: erasing.delete }).click()
    await isGone()
    await isTidy(bob)
    const restore = root.page.getByRole('button', { name: fill(erasing.restoreNamed, { name }) })
    await restore.waitFor()
    // A toast stays while the mouse is over it.
    const toUndo = root.page.getByRole('button', { name: undo, exact: true })
    await toUndo.hover()
    await isTidy(root)
    await toUndo.click()
    await bob.sees(first)
    await bob.sees(second)
    await restore.waitFor({ state: 'detached' })

    // With a ban, and restored from the list of bans.
    await menu.click()
    await root.page.getByRole('menuitem', { name: accounts.ban }).click()
    const banning = root.page.getByRole('dialog', { name: fill(bans.person, { name }) })
    await banning.getByLabel(erasing.withBan).selectOption(erasing.since.hour)
    await isTidy(root)
    await banning.getByRole('button', { name: bans.ban, exact: true }).click()
    await isGone()
    await root.page.getByRole('link', { name: root.words.manage.section.bans }).click()
    await isTidy(root)
    await restore.click()
    await bob.sees(first)
    await bob.sees(second)
    await restore.waitFor({ state: 'detached' })
    expect(await root.focused()).not.toBe('')
  },
)

test.each(pair)('an owner has old messages deleted, and the room says so: %s', async (place, device) => {
  const { brook } = story()
  const own = await story().joins(`Ann ${place}`)
  const room = (await own.makes(`notes ${place}`)).id
  own.room = room
  const { seq } = await own.acked(own.says('yesterday'))
  const ann = await story().opens(own.user.name, { ...device, cookie: own.cookie })
  await ann.page.goto(`/rooms/${room}`)
  await ann.sees('yesterday')
  await ann.presses(ann.words.room.more)
  await ann.page.getByRole('menuitem', { name: ann.words.settings.open }).click()
  await ann.dialog.getByLabel(ann.words.settings.keep).selectOption('1')
  await ann.dialog.getByText(ann.words.settings.keepWarns).waitFor()
  await isTidy(ann)
  await ann.dialog.getByRole('button', { name: ann.words.settings.save }).click()
  await ann.dialog.waitFor({ state: 'detached' })
  await ann.says('today')
  const rows = () => brook.db.rows('SELECT 1 FROM messages WHERE room_id = ? AND seq = ?', [room, seq])
  await until(rows, ({ length }) => length === 1)
  await brook.db.run('UPDATE messages SET log_ms = log_ms - ? WHERE room_id = ? AND seq <= ?', [
    3 * 86_400_000,
    room,
    seq,
  ])
  const log = new LogWriter({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  await expireAll({ db: brook.db, log, signal: new AbortController().signal })
  const [, one = ''] = ann.words.room.expired.split(' | ')
  await ann.list.getByText(fill(one, { n: '1' })).waitFor()
  await ann.list.getByText('yesterday').waitFor({ state: 'detached' })
  await ann.sees('today')
  await isTidy(ann)
  await ann.page.reload()
  await ann.list.getByText(fill(one, { n: '1' })).waitFor()
  expect(await ann.list.getByText(ann.words.room.deleted).count()).toBe(0)
})
