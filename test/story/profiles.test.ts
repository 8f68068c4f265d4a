// Profiles on a phone in Chinese and on a wide screen in English: a status, a face, the card with the time at somebody's place, the
// page of people.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { settled } from '../support/browser-eye.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const phone = { phone: true, locale: 'zh-CN', theme: 'dark' } as const
const wide = { width: 1440, height: 900 }
const shots = process.env['SHOTS']

async function isFine(visitor: Visitor, name: string): Promise<void> {
  await settled(visitor.page)
  if (shots) await visitor.page.screenshot({ path: `${shots}/${name}.png` })
  expect(await axeFindings(visitor)).toEqual([])
}
const card = (visitor: Visitor, name: string) =>
  visitor.page.getByRole('dialog').filter({ hasText: name }).last()

test('somebody sets a status, a face and a time zone; another sees all of it on the card, and what time it is there', async () => {
  const ann = await story().enters('Ann Lee', wide)
  await ann.makes('garden')
  await ann.says('hello from the garden')
  const bob = await story().enters('Bob Roy', wide)
  await bob.joins('garden')
  await bob.sees('hello from the garden')

  await ann.chooses(en.profile.status.set)
  await ann.dialog.getByRole('button', { name: en.profile.status.meeting }).click()
  await isFine(ann, 'wide-status')
  await ann.dialog.getByRole('button', { name: en.profile.status.save, exact: true }).click()
  await ann.toast(en.profile.status.isSet).waitFor()
  // Where her name stands, at once.
  await bob.page
    .getByRole('img', { name: new RegExp(en.profile.status.meeting) })
    .first()
    .waitFor()

  await ann.chooses(en.you.title)
  const image = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#2b7a4b' } })
    .composite([
      {
        input: Buffer.from(
          '<svg width="300" height="300"><circle cx="150" cy="150" r="140" fill="#f6c945"/></svg>',
        ),
      },
    ])
    .jpeg()
    .toBuffer()
  await ann.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: image })
  const placed = ann.page.getByRole('img', { name: en.profile.crop })
  await placed.waitFor()
  await placed.press('+')
  await placed.press('ArrowLeft')
  await isFine(ann, 'wide-crop')
  await ann.dialog.getByRole('button', { name: en.profile.useIt }).click()
  await ann.toast(en.profile.faceChanged).waitFor()
  await ann.page.getByLabel(en.profile.job).fill('Head of gardens')
  await ann.page.getByLabel(en.profile.pronouns).fill('she/her')
  await ann.page.getByLabel(en.profile.about).fill('Grows beans, and knows where the tools are.')
  await ann.page.getByLabel(en.profile.zone).selectOption('Asia/Tokyo')
  await isFine(ann, 'wide-account')
  await ann.presses(en.profile.save)
  await ann.toast(en.profile.saved).waitFor()

  // In an old message, too.
  const said = bob.page.locator('[data-message]').filter({ hasText: 'hello from the garden' })
  await said.locator('img[src*="/avatar?v="]').waitFor()
  await said.getByRole('button', { name: 'Ann Lee' }).click()
  const shown = card(bob, 'Ann Lee')
  await shown.getByText('Head of gardens · she/her').waitFor()
  await shown.getByText(en.profile.presence.online).waitFor()
  expect(await shown.locator('[data-there]').textContent()).toMatch(/\d{1,2}:\d{2}.* there/)
  await isFine(bob, 'wide-card')
  await bob.page.keyboard.press('Escape')
  await shown.waitFor({ state: 'detached' })
  const name = said.getByRole('button', { name: 'Ann Lee' })
  await until(() => name.evaluate((el) => el === document.activeElement))

  // Not to be disturbed, and gone, as they say.
  await ann.chooses(en.profile.choice.title, en.profile.choice.dnd)
  await bob.page.getByRole('img', { name: en.profile.presence.dnd }).first().waitFor()
  await ann.chooses(en.profile.choice.title, en.profile.choice.invisible)
  await bob.page.getByRole('img', { name: en.profile.presence.offline }).first().waitFor()
  await isFine(bob, 'wide-pane')
})

test('on a phone, in Chinese: finding somebody on the page of people, and their card as a sheet', async () => {
  const ann = await story().joins('李小龙')
  await ann.ask('PATCH', '/api/me', {
    title: '园艺师',
    about: '喜欢在花园里工作，也喜欢喝茶。',
    timeZone: 'Asia/Shanghai',
    status: { emoji: '🌱', text: '在花园里', until: Date.now() + 3_600_000 },
  })
  const bob = await story().enters('王芳', phone)
  await bob.page.getByRole('link', { name: zh.profile.browse }).click()
  await bob.page.getByLabel(zh.profile.find).fill('小龙')
  const line = bob.page.getByRole('button', { name: '李小龙' })
  await line.waitFor()
  await bob.page.getByText('园艺师').waitFor()
  await isFine(bob, 'phone-people')
  await line.click()
  const shown = card(bob, '李小龙')
  await shown.locator('[data-status]').waitFor()
  await shown.locator('[data-there]').waitFor()
  await isFine(bob, 'phone-card')
  await bob.page.keyboard.press('Escape')
  await shown.waitFor({ state: 'detached' })
  await bob.page.goBack()
  await bob.chooses(zh.profile.status.set)
  await bob.dialog.getByLabel(zh.profile.status.what).fill('开会')
  await isFine(bob, 'phone-status')
  await bob.dialog.getByRole('button', { name: zh.profile.status.save, exact: true }).click()
  await bob.toast(zh.profile.status.isSet).waitFor()
})
