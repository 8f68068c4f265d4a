// The workspace's own emoji: an administrator adds one on a wide screen, everybody has it at once; on a phone, in Chinese, somebody
// finds it by its name and reacts with it.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { administrator } from '../support/browser-admin.ts'
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
const parrot = async (frames = 4): Promise<Buffer> => {
  const pictures = await Promise.all(
    Array.from({ length: frames }, (_, at) =>
      sharp({ create: { width: 96, height: 96, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
        .composite([
          {
            input: Buffer.from(
              `<svg width="96" height="96"><circle cx="48" cy="48" r="44" fill="hsl(${at * 90} 70% 50%)"/></svg>`,
            ),
          },
        ])
        .png()
        .toBuffer(),
    ),
  )
  return sharp(pictures, { join: { animated: true } })
    .gif()
    .toBuffer()
}
const said = (visitor: Visitor, text: string) =>
  visitor.page.locator('[data-message]').filter({ hasText: text })
const picture = (visitor: Visitor, alt: string) => visitor.page.locator(`[data-message] img[alt="${alt}"]`)

test('an administrator adds one; it is in old texts, in the picker, in completion and in reactions, and its name when it is gone', async () => {
  const [root] = await administrator(story(), 'Root Ruth', wide)
  await root.makes('harbour')
  await root.says('waiting for :party-parrot: and more')
  const bob = await story().enters('Bob Hale', wide)
  await bob.joins('harbour')
  await bob.sees('waiting for :party-parrot: and more')

  await root.chooses(en.admin.title)
  await root.page
    .getByRole('navigation', { name: en.manage.sections })
    .getByRole('link', { name: en.ownEmoji.title })
    .click()
  await root.page.getByText(en.ownEmoji.none, { exact: true }).waitFor()
  await isFine(root, 'wide-none')
  await root.page.getByRole('button', { name: en.ownEmoji.add }).click()
  await root.dialog.getByRole('button', { name: en.ownEmoji.add }).click()
  await root.dialog.getByText(en.ownEmoji.needsImage).waitFor()
  await root.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'Party-Parrot.gif', mimeType: 'image/gif', buffer: await parrot() })
  expect(await root.dialog.getByLabel(en.ownEmoji.name).inputValue()).toBe('party-parrot')
  await isFine(root, 'wide-add')
  await root.dialog.getByRole('button', { name: en.ownEmoji.add }).click()
  await root.toast(en.ownEmoji.added.replace('{emoji}', ':party-parrot:')).waitFor()
  await isFine(root, 'wide-list')

  // In what was said before, at once, on another's screen.
  await picture(bob, ':party-parrot:').waitFor()
  await bob.composer.click()
  await bob.page.keyboard.type('me too :party-p')
  await bob.page.getByRole('option', { name: /party-parrot/ }).waitFor()
  await isFine(bob, 'wide-completion')
  await bob.page.keyboard.press('Enter')
  await until(async () => (await bob.composer.inputValue()).includes(':party-parrot:'))
  await bob.page.keyboard.press('Enter')
  await said(bob, 'me too').locator('img[alt=":party-parrot:"]').waitFor()

  // By the picker, as a reaction.
  await said(bob, 'waiting for').hover()
  await said(bob, 'waiting for').getByRole('button', { name: en.room.react }).first().click()
  await bob.page.getByRole('button', { name: en.emoji.group.own }).click()
  await isFine(bob, 'wide-picker')
  await bob.page.getByRole('button', { name: ':party-parrot:' }).last().click()
  const chip = said(bob, 'waiting for').getByRole('group', { name: en.room.reactions })
  await chip.locator('img').waitFor()
  await isFine(bob, 'wide-reaction')

  // Another name; the former one beside it keeps the picture.
  await root.page.getByRole('button', { name: en.ownEmoji.editNamed.replace('{emoji}', '') }).click()
  await root.dialog.getByLabel(en.ownEmoji.name, { exact: true }).fill('polly')
  await root.dialog.getByLabel(en.ownEmoji.aliases).fill('party-parrot, 鹦哥')
  await isFine(root, 'wide-edit')
  await root.dialog.getByRole('button', { name: en.ownEmoji.save }).click()
  await root.page.getByText(':polly:', { exact: true }).waitFor()
  await picture(bob, ':party-parrot:').first().waitFor()
  await root.page.getByRole('button', { name: en.ownEmoji.removeNamed.replace('{emoji}', '') }).click()
  await root.dialog.getByRole('button', { name: en.ownEmoji.remove, exact: true }).click()
  await root.page.getByText(en.ownEmoji.none, { exact: true }).waitFor()
  await picture(bob, ':party-parrot:').first().waitFor({ state: 'detached' })
  await said(bob, 'me too :party-parrot:').waitFor()
  await chip.getByText(':party-parrot:').waitFor()
})

test('on a phone, in Chinese, without motion: found by its other name, sent alone, and as a reaction', async () => {
  const chef = await story().joins('厨师长')
  await story().brook.makesAdmin(chef)
  const answer = await fetch(`${chef.address}/api/emoji?name=${encodeURIComponent('点赞')}`, {
    method: 'POST',
    headers: { cookie: chef.cookie, origin: chef.address, 'content-type': 'image/gif' },
    body: new Uint8Array(await parrot()),
  })
  const { emoji } = (await answer.json()) as { emoji: { id: string } }
  await chef.ask('PATCH', `/api/emoji/${emoji.id}`, { aliases: ['真香'] })
  await chef.ask('PATCH', '/api/workspace', { emoji: 'members' })
  const bob = await story().enters('王小芳', phone)
  await bob.page.emulateMedia({ reducedMotion: 'reduce' })
  await bob.makes('厨房')
  await bob.says(':真香:')
  const image = picture(bob, ':真香:')
  await image.waitFor()
  expect(await image.evaluate((el) => (el as HTMLImageElement).currentSrc)).toContain('still=1')
  await bob.says('今天的汤')
  await isFine(bob, 'phone-alone')
  await bob.page.getByRole('button', { name: zh.composer.emoji }).tap()
  await bob.page.getByLabel(zh.emoji.find).fill('真香')
  await bob.page.getByRole('button', { name: ':点赞:' }).waitFor()
  await isFine(bob, 'phone-picker')
  await bob.page.keyboard.press('Enter')
  await until(async () => (await bob.composer.inputValue()).includes(':点赞:'))
  await bob.page.keyboard.press('Escape')
})
