// One's own list of rooms: sections, favourites, what is muted; and a group that is mentioned.
import { expect, test } from 'vitest'
import { administrator, isTidy, isolated, ofRoom, picture } from '../support/browser-admin.ts'
import { pair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const section = ({ rooms }: Visitor, name: string) => rooms.getByRole('group', { name, exact: true })
const roomsIn = (who: Visitor, name: string) => async () =>
  (await section(who, name).locator('a bdi').allTextContents()).join(' ')

async function makesSection(who: Visitor, name: string): Promise<void> {
  const { sections } = who.words
  await who.dialog.getByLabel(sections.name, { exact: true }).fill(name)
  await isTidy(who)
  await who.dialog.getByRole('button', { name: sections.make }).click()
  await who.dialog.waitFor({ state: 'detached' })
}

test('a section is made, filled and ordered by keyboard, the same on another device; folded it shows what needs one', async () => {
  const own = await story().joins('Ann')
  const bob = await story().joins('Bob')
  const made = []
  for (const name of ['deploys', 'founders', 'product', 'reading-club']) made.push(await own.makes(name))
  const product = made[2]?.id ?? ''
  await bob.joins(product)
  const ann = await story().opens('Ann', { width: 1440, height: 900, cookie: own.cookie })
  const phone = await story().opens('Ann', { phone: true, cookie: own.cookie })
  const { sections, rooms: words } = ann.words
  await ann.isInRoom('lobby')
  await phone.page.goto('/')
  await ann.presses(sections.new)
  await makesSection(ann, 'Product')
  await section(ann, 'Product').getByText(sections.empty).waitFor()

  // Up to the head of the list, and over it.
  await ann.roomLink('product').focus()
  const inProduct = roomsIn(ann, 'Product')
  for (let n = 0; n < 4; n += 1) {
    await ann.page.keyboard.press('Control+Shift+ArrowUp')
    if ((await inProduct()) !== '') break
  }
  await until(inProduct, (all) => all === 'product')
  await until(roomsIn(phone, 'Product'), (all) => all === 'product')
  // The keys go on with the same room, and the next one comes before it.
  expect(await ann.roomLink('product').evaluate((one) => one === document.activeElement)).toBe(true)
  await ann.roomLink('deploys').focus()
  await until(
    async () => {
      if ((await inProduct()) === 'product') await ann.page.keyboard.press('Control+Shift+ArrowUp')
      return inProduct()
    },
    (all) => all.includes('deploys'),
  )
  const before = await inProduct()
  await ann.page.keyboard.press(`Control+Shift+Arrow${before.startsWith('deploys') ? 'Down' : 'Up'}`)
  const after = before.split(' ').toReversed().join(' ')
  await until(inProduct, (all) => all === after)
  await until(roomsIn(phone, 'Product'), (all) => all === after)
  await picture(ann, 'sections-desk')
  await isTidy(ann)

  // Folded away, until it mentions her.
  const head = section(ann, 'Product').getByRole('button', { name: 'Product', exact: true })
  await head.focus()
  await ann.page.keyboard.press('ArrowLeft')
  await until(inProduct, (all) => all === '')
  await until(roomsIn(phone, 'Product'), (all) => all === '')
  await bob.acked(bob.says('anybody?', { room: product }))
  await section(ann, 'Product')
    .getByText(fill(words.unread.split(' | ')[0] ?? '', { n: 1 }))
    .waitFor()
  expect(await inProduct()).toBe('')
  await bob.acked(bob.says(`@${own.user.name} look`, { room: product }))
  await until(inProduct, (all) => all === 'product')
  await isTidy(ann)
  await isTidy(phone)

  // By its menu: renamed, deleted, and that taken back.
  const options = fill(sections.menu, { section: isolated('Product') })
  await ann.page.getByRole('button', { name: options }).click()
  await picture(ann, 'sections-menu')
  await ann.page.getByRole('menuitem', { name: sections.delete }).click()
  await section(ann, 'Product').waitFor({ state: 'detached' })
  await ann.toast(fill(sections.deleted, { section: isolated('Product') })).waitFor()
  await ann.presses(ann.words.undo)
  await section(ann, 'Product').waitFor()
})

test('a room is dragged into a section and to its place there', async () => {
  const own = await story().joins('Dan')
  for (const name of ['alpha', 'beta', 'gamma']) await own.makes(name)
  const dan = await story().opens('Dan', { cookie: own.cookie })
  await dan.isInRoom('lobby')
  await dan.presses(dan.words.sections.new)
  await makesSection(dan, 'Mine')
  const inside = roomsIn(dan, 'Mine')
  await dan.roomLink('alpha').dragTo(section(dan, 'Mine'))
  await until(inside, (all) => all === 'alpha')
  await dan.roomLink('gamma').dragTo(section(dan, 'Mine').getByRole('heading'))
  await until(inside, (all) => all === 'alpha gamma')
  await dan.roomLink('gamma').dragTo(dan.roomLink('alpha'), { targetPosition: { x: 40, y: 3 } })
  await until(inside, (all) => all === 'gamma alpha')
  await dan.page.reload()
  await until(inside, (all) => all === 'gamma alpha')
})

test.each(pair)('a favourite, a section and a mute by the menu of the room: %s', async (place, device) => {
  const own = await story().joins(`Eve ${place}`)
  const fay = await story().joins(`Fay ${place}`)
  const { id: room } = await own.makes(`noise ${place}`)
  await fay.joins(room)
  const eve = await story().opens(`Eve ${place}`, { ...device, cookie: own.cookie })
  const { sections, notify, rooms: words } = eve.words
  const name = isolated(`#noise ${place}`)
  await eve.page.goto(`/rooms/${room}`)
  await eve.isInRoom(`noise ${place}`)
  await ofRoom(eve, sections.favourite)
  if (device.phone === true) {
    await ofRoom(eve, notify.openBoth)
    await eve.dialog.getByRole('button', { name: notify.lasting.forever }).click()
    await eve.dialog.getByRole('button', { name: notify.done }).click()
  } else {
    await ofRoom(eve, notify.mute)
    await picture(eve, `mute-${place}`)
    await eve.page.getByRole('menuitem', { name: notify.lasting.forever }).click()
    await eve.toast(fill(notify.isMuted, { room: name })).waitFor()
  }
  await eve.page.getByRole('main').getByRole('button', { name: notify.muted, exact: true }).click()
  await eve.dialog.getByText(notify.muted, { exact: true }).waitFor()
  await picture(eve, `notify-${place}`)
  await isTidy(eve)
  await eve.dialog.getByRole('radio', { name: notify.levels.all }).check()
  await eve.dialog.getByRole('button', { name: notify.done }).click()
  expect((await own.rooms()).find(({ id }) => id === room)).toMatchObject({ level: 'all', favourite: true })

  // Elsewhere: quiet, until she is mentioned.
  await eve.page.goto('/threads')
  if (device.phone === true) await eve.page.goto('/')
  await until(roomsIn(eve, sections.favourites), (all) => all === `noise ${place}`)
  const { seq } = await fay.acked(fay.says('blah', { room }))
  expect(seq).toBeGreaterThan(0)
  const link = eve.roomLink(`noise ${place}`)
  await link.getByText(notify.muted).waitFor()
  await fay.acked(fay.says(`@${own.user.name} but this`, { room }))
  await link.getByText(fill(words.mentions.split(' | ')[0] ?? '', { n: 1 })).waitFor()
  expect(await eve.badge(`noise ${place}`)).toBe(0)
  await until(
    () => eve.page.title(),
    (title) => title.startsWith('(1)'),
  )
  await picture(eve, `muted-${place}`)
  await isTidy(eve)
  await link.click()
  await ofRoom(eve, notify.unmute)
  await eve.toast(fill(notify.isUnmuted, { room: name })).waitFor()
})

test.each(pair)(
  'a group is made, mentioned by completion, and shows who is in it: %s',
  async (place, device) => {
    const [root, own] = await administrator(story(), `Root ${place}`, device)
    const gil = await story().joins(`Gil ${place}`)
    const { id: room } = await own.makes(`studio ${place}`)
    await gil.joins(room)
    const { groups } = root.words
    const group = device.phone === true ? '设计' : 'design'
    root.expects(/the server responded with a status of (?:404|409)/)
    root.expects(/the server responded with a status of (?:404|409)/)
    await root.page.goto('/admin/groups')
    await root.page.getByRole('heading', { name: groups.none }).waitFor()
    await picture(root, `groups-none-${place}`)
    await isTidy(root)
    await root.presses(groups.new)
    await root.dialog.getByLabel(groups.name, { exact: true }).fill(gil.user.name)
    await root.dialog.getByRole('button', { name: groups.make }).click()
    await root.dialog.getByText(root.words.refusal.name_taken).first().waitFor()
    await root.dialog.getByLabel(groups.name, { exact: true }).fill(`@${group}`)
    await root.dialog.getByRole('button', { name: groups.make }).click()
    // Its people, by name.
    const shown = root.page.getByRole('dialog', { name: `@${group}` })
    await shown.getByText(groups.nobody).waitFor()
    await shown.getByLabel(groups.add).fill('nobody')
    await root.page.keyboard.press('Enter')
    await shown.getByText(root.words.refusal.no_such_person).first().waitFor()
    for (const { user } of [gil, own]) {
      await shown.getByLabel(groups.add).fill(user.name)
      await root.page.keyboard.press('Enter')
      await shown.getByRole('list').getByText(user.name, { exact: true }).waitFor()
    }
    await picture(root, `group-${place}`)
    await isTidy(root)
    await root.page.keyboard.press('Escape')
    await root.page.getByRole('list', { name: groups.title }).getByText(`@${group}`).waitFor()
    await picture(root, `groups-${place}`)
    await isTidy(root)

    await root.page.goto(`/rooms/${room}`)
    await root.isInRoom(`studio ${place}`)
    await root.composer.click()
    await root.page.keyboard.type(`@${group.slice(0, 1)}`)
    await root.page.getByRole('option').getByText(`@${group}`).waitFor()
    await picture(root, `group-completion-${place}`)
    await root.page.keyboard.press('Enter')
    await root.page.keyboard.type('look at this')
    await root.presses(root.words.composer.send)
    const { mentions, text } = await gil.hears(`@${group} look at this`)
    expect([text, mentions?.map(({ ids }) => ids)]).toEqual([`@${group} look at this`, [[gil.user.id]]])
    await root.sees(`@${group} look at this`)
    const named = root.list.getByRole('button', { name: `@${group}` })
    await isTidy(root)
    await named.click()
    await shown.getByText(gil.user.name, { exact: true }).waitFor()
    await picture(root, `group-mention-${place}`)
    await root.page.keyboard.press('Escape')
    await shown.waitFor({ state: 'detached' })
    await own.ask('DELETE', `/api/groups/${String(mentions?.[0]?.group)}`)
  },
)
