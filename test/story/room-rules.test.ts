// What an owner sets for a room, and what the others see of it: slow mode, only for moderators, a new name.
// Archived, and somebody banned from it: owner.test.ts.
import { expect, test } from 'vitest'
import { ofRoom, picture } from '../support/browser-admin.ts'
import { isClean, pair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory()

async function sets(owner: Visitor, label: string, value: string): Promise<void> {
  const { settings } = owner.words
  await ofRoom(owner, settings.open)
  await owner.dialog.getByLabel(label, { exact: true }).selectOption(value)
  await owner.dialog.getByRole('button', { name: settings.save }).click()
  await owner.dialog.waitFor({ state: 'detached' })
}

const inMain = (who: Visitor, words: string) => who.page.getByRole('main').getByText(words, { exact: true })

test.each(pair)('a room is made slow, closed and renamed: %s', async (place, device) => {
  const ann = await story().opens(`Ann ${place}`, device)
  await ann.entersAsGuest()
  await ann.makes(`garden ${place}`)
  const bo = await story().opens(`Bo ${place}`, device)
  await bo.entersAsGuest()
  await bo.joins(`garden ${place}`)
  const { settings, refusal } = ann.words

  // Slow: one message, and a second one that waits in the field.
  await sets(ann, settings.slow, '300000')
  const send = bo.page.getByRole('button', { name: bo.words.composer.send, exact: true })
  await bo.page
    .getByText(bo.words.composer.slow.split('{')[0] ?? '', { exact: false })
    .first()
    .waitFor()
  await bo.says('the first one')
  await bo.message('the first one').waitFor()
  await bo.page.getByRole('timer').waitFor()
  await bo.composer.fill('too early')
  expect(await send.isDisabled()).toBe(true)
  await bo.composer.press('Control+Enter')
  expect(await bo.composer.inputValue()).toBe('too early')
  await isClean(bo)
  await picture(bo, `slow-${place}`)
  await sets(ann, settings.slow, '0')
  await until(async () => !(await send.isDisabled()))
  await bo.composer.fill('')

  // Only for moderators: the composer gives way to why.
  await sets(ann, settings.speak, 'moderators')
  await inMain(bo, refusal.read_only).waitFor()
  expect(await bo.composer.count()).toBe(0)
  await isClean(bo)
  await picture(bo, `moderators-${place}`)
  await ann.says('an announcement')
  await bo.message('an announcement').waitFor()
  await sets(ann, settings.speak, 'everyone')
  await bo.composer.waitFor()

  // A new name, on both screens.
  await ofRoom(ann, settings.open)
  await ann.dialog.getByLabel(ann.words.rooms.name, { exact: true }).fill(`yard ${place}`)
  await isClean(ann)
  await picture(ann, `settings-${place}`)
  await ann.dialog.getByRole('button', { name: settings.save }).click()
  await bo.isInRoom(`yard ${place}`)
})

test.each(pair)(
  'a room is deleted by its name, and an administrator restores it: %s',
  async (place, device) => {
    const own = await story().joins(`Root ${place}`)
    await story().brook.makesAdmin(own)
    const { id } = await own.makes(`orchard ${place}`)
    const root = await story().opens(own.user.name, { ...device, cookie: own.cookie })
    await root.page.goto(`/rooms/${id}`)
    await root.isInRoom(`orchard ${place}`)
    const bo = await story().opens(`Cleo ${place}`, device)
    await bo.entersAsGuest()
    await bo.joins(`orchard ${place}`)
    const room = `\u2068#orchard ${place}\u2069`
    const { settings, refusal, deletedRooms, undo } = root.words

    const asks = async (): Promise<void> => {
      await ofRoom(root, settings.open)
      await root.dialog.getByRole('button', { name: settings.delete }).click()
      await root.page.getByRole('dialog', { name: fill(settings.deleteTitle, { room }) }).waitFor()
    }
    const field = () =>
      root.dialog.getByLabel(fill(settings.deleteType, { room: `\u2068orchard ${place}\u2069` }))
    const deletes = () => root.dialog.getByRole('button', { name: settings.deleteIt, exact: true }).click()
    await asks()
    await field().fill('garden')
    await deletes()
    await root.dialog.getByText(refusal.wrong_room_name).waitFor()
    await isClean(root)
    await picture(root, `delete-${place}`)
    bo.expects(/404/)
    root.expects(/404/)
    await field().fill(`#orchard ${place}`)
    await deletes()
    await bo
      .toast(fill(bo.words.settings.deletedBy, { name: `\u2068${own.user.name}\u2069`, room }))
      .waitFor()
    await bo.page.getByText(bo.words.room.missingTitle).waitFor()
    await picture(bo, `deleted-${place}`)
    await root.page.getByRole('button', { name: undo, exact: true }).click()
    await until(async () => (await own.rooms()).some((one) => one.id === id))

    // ... and again, restored in the administration; its name has been taken.
    expect((await own.ask('POST', `/api/rooms/${id}/deletion`, { name: `orchard ${place}` })).status).toBe(
      204,
    )
    await own.makes(`orchard ${place}`)
    await root.page.goto('/admin/rooms')
    const restore = root.page.getByRole('button', { name: fill(deletedRooms.restoreNamed, { room }) })
    await restore.waitFor()
    await isClean(root)
    await picture(root, `deleted-rooms-${place}`)
    root.expects(/409/)
    await restore.click()
    await root.dialog.getByLabel(root.words.rooms.name, { exact: true }).fill(`meadow ${place}`)
    await isClean(root)
    await picture(root, `deleted-rooms-taken-${place}`)
    await root.dialog.getByRole('button', { name: deletedRooms.restore, exact: true }).click()
    await restore.waitFor({ state: 'detached' })
    await root.page.getByText(deletedRooms.none).waitFor()
    await picture(root, `deleted-rooms-none-${place}`)
    await bo.page.goto(`/rooms/${id}`)
    await bo.isInRoom(`meadow ${place}`)
  },
)
