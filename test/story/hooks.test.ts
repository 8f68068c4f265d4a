// A room's owner connects tools: creates an address and posts to it, and has messages delivered to another.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { settled } from '../support/browser-eye.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()

async function isFine(visitor: Visitor): Promise<void> {
  await settled(visitor.page)
  expect(await axeFindings(visitor)).toEqual([])
}
async function opensIntegrations(visitor: Visitor): Promise<void> {
  await visitor.presses(en.room.more)
  await visitor.page.getByRole('menuitem', { name: en.hooks.open }).click()
  await visitor.dialog.waitFor()
}

test('an owner creates an address, a tool posts there, and everybody reads it', async () => {
  const ann = await story().enters('Ann')
  await ann.makes('builds')
  await opensIntegrations(ann)
  const tools = ann.dialog.getByRole('region', { name: en.hooks.incoming })
  await tools.getByLabel(en.hooks.name).fill('GitHub')
  await tools.getByRole('button', { name: en.hooks.make }).click()
  const address = (await tools.locator('code').first().textContent()) ?? ''
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/hooks\/\d+\/[\w-]{43}$/)
  await isFine(ann)
  const answer = await fetch(address, {
    method: 'POST',
    body: '{"text":"*build* is <https://ci.example|green>"}',
  })
  expect(await answer.text()).toBe('ok')
  await ann.page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })
  await ann.sees('GitHub')
  await opensIntegrations(ann)
  await tools.getByText('GitHub').waitFor()
  // Shown once: it is nowhere in the dialog any more.
  expect(await ann.dialog.textContent()).not.toContain(address.split('/').at(-1))
})

test('an owner has messages delivered to an address, sees it fail, and pauses it', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('alerts')
  await opensIntegrations(bob)
  const ears = bob.dialog.getByRole('region', { name: en.hooks.outgoing })
  await ears.getByLabel(en.hooks.url).fill('http://127.0.0.1/hook')
  bob.expects(/status of 400/)
  await ears.getByRole('button', { name: en.hooks.make }).click()
  await ears.getByText(en.refusal.private_url).waitFor()
  await ears.getByLabel(en.hooks.url).fill('https://hooks.invalid/brook')
  await ears.getByLabel(en.hooks.filter.label).selectOption('starts')
  await ears.getByLabel(en.hooks.filter.word).fill('!deploy')
  await ears.getByRole('button', { name: en.hooks.make }).click()
  await ears.getByText(en.hooks.secretOnce).waitFor()
  await ears.getByText(en.hooks.state.delivering).waitFor()
  await isFine(bob)
  await bob.page.keyboard.press('Escape')
  await bob.says('!deploy api')
  await opensIntegrations(bob)
  await ears.getByText(/Retrying/).waitFor()
  await ears.getByRole('button', { name: /hooks\.invalid/ }).click()
  await bob.page.getByRole('menuitem', { name: en.hooks.pause }).click()
  await ears.getByText(en.hooks.state.asked).waitFor()
  await isFine(bob)
})

test('a person who does not own the room is not offered its integrations', async () => {
  const owner = await story().joins('Mara')
  const { id } = await owner.makes('open')
  const cid = await story().enters('Cid')
  await cid.joins('open')
  await cid.presses(en.room.more)
  await cid.page.getByRole('menuitem').first().waitFor()
  expect(await cid.page.getByRole('menuitem', { name: en.hooks.open }).count()).toBe(0)
  expect(id).not.toBe('')
})
