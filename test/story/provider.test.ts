// Signing in by an identity provider, in a real browser at a real provider.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isClean, otherPair, pair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { runServer } from '../../server/main.ts'
import { Authenticator } from '../support/authenticator.ts'
import { clientOf, IdentityProvider } from '../support/identity-provider.ts'

const story = tellStory()
const password = 'nine tall green trees'
let provider: IdentityProvider
// The same Brook once more, by its settings with a provider.
beforeAll(async () => {
  provider = await IdentityProvider.start(() => [`${story().address}/api/oidc/callback`])
  const oidc = {
    ...clientOf,
    issuer: provider.issuer,
    name: 'Northwind',
    signUp: false,
    adminGroup: undefined,
  }
  story().brook.servers.push(await runServer({ ...story().brook.config, oidc }))
})
afterAll(() => provider.stop())

const buttonOf = ({ page, words }: Visitor) =>
  page.getByRole('link', { name: fill(words.entry.with, { name: '\u2068Northwind\u2069' }) })

/** By the provider's own form, which asks for a font from elsewhere. */
async function goesBy(visitor: Visitor, subject: string): Promise<void> {
  await visitor.page.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ body: '' }))
  await buttonOf(visitor).click()
  await visitor.page.locator('[name=login]').fill(subject)
  await visitor.page.locator('[name=password]').fill('any')
  await visitor.page.keyboard.press('Enter')
}
/** The provider's own form complains of nothing that is ours. */
const ofProvider = /401|favicon|Content Security Policy|404/

test.each(pair)('somebody comes in by the provider, and again: %s', async (place, device) => {
  const ann = await story().opens(`ann ${place}`, device)
  ann.expects(ofProvider)
  provider.people.set(ann.name, { preferred_username: ann.name })
  await buttonOf(ann).waitFor()
  await isClean(ann)
  await goesBy(ann, ann.name)
  await ann.isIn()
  await ann.chooses(ann.words.security.title)
  await ann.page.getByText(ann.words.security.isConnected, { exact: true }).waitFor()
  await isClean(ann)
  // There is no password to ask for: they came just now.
  await ann.presses(ann.words.security.setUp)
  await ann.dialog.getByText(ann.words.security.freshText).waitFor()
  await isClean(ann)
  await ann.page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })
  // They set a password without one that they do not have.
  await ann.presses(ann.words.own.setPassword)
  await ann.dialog.getByLabel(ann.words.entry.password, { exact: true }).fill(password)
  expect(await ann.dialog.getByLabel(ann.words.own.currentPassword, { exact: true }).count()).toBe(0)
  await ann.page.keyboard.press('Enter')
  await ann.page.getByRole('button', { name: ann.words.own.changePassword }).waitFor()
  await ann.page.getByRole('button', { name: ann.words.security.disconnect }).waitFor()
  if (device.phone) await ann.page.goto('/')
  await ann.chooses(ann.words.own.signOut)
  // The provider still knows them.
  await buttonOf(ann).click()
  await ann.isIn()
})

test.each(otherPair)('somebody who has an account here connects it: %s', async (place, device) => {
  const own = await story().opens(`bob ${place}`, device)
  await own.comes('signUp', password)
  await own.isIn()
  const bob = await story().opens(own.name, device)
  bob.expects(ofProvider)
  const { security, entry } = bob.words
  provider.people.set(bob.name, { preferred_username: bob.name })
  await goesBy(bob, bob.name)
  await bob.page.getByRole('heading', { name: security.chooseTitle }).waitFor()
  await isClean(bob)
  await bob.page.getByLabel(entry.name, { exact: true }).fill(bob.name)
  const field = bob.page.getByLabel(entry.password, { exact: true })
  await field.fill('not this one')
  await bob.page.keyboard.press('Enter')
  await bob.page.getByText(entry.refusedSignIn).first().waitFor()
  await isClean(bob)
  await field.fill(password)
  await bob.page.keyboard.press('Enter')
  await bob.isIn()
  await bob.chooses(security.title)
  await bob.presses(security.disconnect)
  await bob.dialog.getByLabel(bob.words.own.currentPassword, { exact: true }).fill(password)
  await isClean(bob)
  await bob.page.keyboard.press('Enter')
  await bob.page.getByText(security.notConnected, { exact: true }).waitFor()
  // And once more, from inside.
  await bob.presses(security.connect)
  await bob.dialog.getByLabel(bob.words.own.currentPassword, { exact: true }).fill(password)
  await bob.page.keyboard.press('Enter')
  await bob.page.getByText(security.isConnected, { exact: true }).waitFor()
})

test('a second factor is asked for after the provider, and a provider that is away says so', async () => {
  const cho = await story().opens('cho')
  cho.expects(ofProvider)
  const { security } = cho.words
  provider.people.set('cho', { name: 'cho' })
  await goesBy(cho, 'cho')
  await cho.isIn()
  await cho.chooses(security.title)
  await cho.presses(security.setUp)
  await cho.presses(security.next)
  const app = new Authenticator((await cho.page.locator('code').textContent()) ?? '')
  await cho.page.getByLabel(security.code, { exact: true }).fill(app.next())
  await cho.page.keyboard.press('Enter')
  await cho.presses(security.done)
  await cho.chooses(cho.words.own.signOut)
  await buttonOf(cho).click()
  await cho.page.getByLabel(security.code, { exact: true }).fill(app.next())
  await isClean(cho)
  await cho.page.keyboard.press('Enter')
  await cho.isIn()

  provider.isAway = true
  const dia = await story().opens('dia')
  dia.expects(/503/)
  await story().brook.db.run('DELETE FROM identities')
  await dia.page.goto('/oidc#oidc_away')
  await dia.page.reload()
  await dia.page.getByText(dia.words.refusal.oidc_away).waitFor()
  await isClean(dia)
  await dia.presses(security.back)
  await dia.comes('signUp', password)
  await dia.isIn()
  provider.isAway = false
})
