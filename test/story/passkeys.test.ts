// Passkeys in a real browser with a device of its own: added, used alone and as the second step, taken away.
import { expect, test } from 'vitest'
import type { DeviceLinkAnswer } from '../../server/protocol/devices.ts'
import type { PasskeyOptionsAnswer } from '../../server/protocol/passkeys.ts'
import { devices, isClean } from '../support/browser-devices.ts'
import { fill, type Device } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { Client } from '../support/client.ts'
import { VirtualPasskeys } from '../support/virtual-passkeys.ts'

const story = tellStory()
const password = 'nine tall green trees'
/** What is refused is seen on the console. */
const refused = /40[019]/
/** No browser makes a passkey for an IP address. */
const named = (address: string) => address.replace('127.0.0.1', 'localhost')

async function opens(name: string, device: Device = {}): Promise<{ ann: Visitor; keys: VirtualPasskeys }> {
  const ann = await story().opens(name, device)
  ann.expects(refused)
  await ann.page.goto(named(story().address))
  return { ann, keys: await VirtualPasskeys.of(ann.page) }
}

async function goesToSecurity(ann: Visitor): Promise<void> {
  await ann.chooses(ann.words.security.title)
  await ann.page.getByRole('heading', { name: ann.words.passkey.title }).waitFor()
}

async function signsOut(ann: Visitor): Promise<void> {
  await ann.page.goto(named(story().address))
  await ann.isIn()
  await ann.chooses(ann.words.own.signOut)
  await ann.page.getByRole('tablist').waitFor()
}

async function adds(ann: Visitor, name: string): Promise<void> {
  const { page, words, dialog } = ann
  await page.locator('#add-passkey').click()
  await dialog.waitFor()
  await isClean(ann)
  await dialog.getByLabel(words.passkey.name, { exact: true }).fill(name)
  await dialog.getByLabel(words.own.currentPassword, { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

test.each([devices[0], devices[3]] as [string, Device][])(
  'somebody adds a passkey, signs in with it in both ways, and takes it away: %s',
  async (place, device) => {
    const { ann, keys } = await opens(`Ann ${place}`, device)
    const { page, words, dialog } = ann
    await ann.comes('signUp', password)
    await ann.isIn()
    await goesToSecurity(ann)
    await isClean(ann)

    // A device that does not know who touches it makes none.
    await keys.knowsOwner(false)
    await adds(ann, 'My laptop')
    await dialog.getByText(words.passkey.cancelled).waitFor()
    expect(await keys.count()).toBe(0)
    await keys.knowsOwner(true)
    await dialog.getByRole('button', { name: words.passkey.add }).click()
    await dialog.getByRole('list', { name: words.security.codesList }).waitFor()
    await isClean(ann)
    await dialog.getByRole('button', { name: words.security.done }).click()
    const list = page.getByRole('list', { name: words.passkey.title })
    await list.getByText('My laptop').waitFor()
    await page.getByText(words.security.isOn, { exact: true }).waitFor()
    expect(await keys.count()).toBe(1)
    await isClean(ann)

    // With it alone.
    await signsOut(ann)
    await page.getByRole('button', { name: words.passkey.signIn }).waitFor()
    await isClean(ann)
    await ann.presses(words.passkey.signIn)
    await ann.isIn()

    // After the password, where nobody is asked for a code.
    await signsOut(ann)
    await keys.isAttended(false)
    await ann.comes('signIn', password)
    await page.getByText(words.security.stepPasskeyText).waitFor()
    await isClean(ann)
    await keys.isAttended(true)
    await ann.presses(words.passkey.signIn)
    await ann.isIn()

    // It is named, and goes.
    await goesToSecurity(ann)
    await page
      .getByRole('button', { name: fill(words.passkey.renameNamed, { name: '\u2068My laptop\u2069' }) })
      .click()
    await dialog.getByLabel(words.passkey.name, { exact: true }).fill('Old laptop')
    await isClean(ann)
    await page.keyboard.press('Enter')
    await list.getByText('Old laptop').waitFor()
    await page
      .getByRole('button', { name: fill(words.passkey.removeNamed, { name: '\u2068Old laptop\u2069' }) })
      .click()
    await dialog.getByLabel(words.own.currentPassword, { exact: true }).fill(password)
    await isClean(ann)
    await page.keyboard.press('Enter')
    await list.waitFor({ state: 'detached' })
    await page.getByText(words.security.isOff, { exact: true }).waitFor()

    // The device has it still, and nobody comes in by it.
    await signsOut(ann)
    await ann.presses(words.passkey.signIn)
    await page.getByText(words.refusal.passkey_unknown).first().waitFor()
    await isClean(ann)
  },
)

test('the browser offers it at the name field, and it is good on no other page and no second time', async () => {
  const { ann, keys } = await opens('Bea')
  const { page, words } = ann
  await ann.comes('signUp', password)
  await ann.isIn()
  await goesToSecurity(ann)
  await adds(ann, 'My phone')
  await ann.dialog.getByRole('button', { name: words.security.done }).click()

  // A device answers what autofill asks as soon as somebody chooses it.
  await signsOut(ann)
  await page.getByRole('tab', { name: words.entry.signIn }).click()
  await ann.isIn()
  await signsOut(ann)

  // A page of another site on the same machine has the device sign a question of this one.
  await keys.isAttended(true)
  const other = await story().brook.serve()
  await page.goto(`${named(other)}/healthz`)
  const bea = new Client(named(story().brook.servers[0]?.address ?? '') as `http://${string}`, '')
  const sign = async () => {
    const { body } = await bea.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', {})
    const used = await page.evaluate(async (options) => {
      const text = (bytes: ArrayBuffer | null) =>
        btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replaceAll('=', '')
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
        options as unknown as PublicKeyCredentialRequestOptionsJSON,
      )
      const one = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
      const { clientDataJSON, authenticatorData, signature, userHandle } =
        one.response as AuthenticatorAssertionResponse
      return {
        id: one.id,
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: text(userHandle),
      }
    }, body.options)
    return { ticket: body.ticket, used }
  }
  const send = async (answer: object) => (await bea.ask('POST', '/api/session/passkey', answer)).code
  expect(await send(await sign())).toBe('passkey_failed')
  await page.goto(`${bea.address}/healthz`)
  const answer = await sign()
  expect(await send(answer)).toBeUndefined()
  expect(await send(answer)).toBe('ticket_over')
})

test('a phone scans a code, the screen confirms it, and the phone is in and has a name', async () => {
  const ann = await story().opens('Cleo')
  await ann.comes('signUp', password)
  await ann.isIn()
  const { page, words, dialog } = ann
  await goesToSecurity(ann)
  const made = page.waitForResponse((answer) => answer.url().endsWith('/api/device-links'))
  await page.locator('#add-device').click()
  const { url } = (await (await made).json()) as DeviceLinkAnswer
  await dialog.getByRole('img', { name: words.device.qr }).waitFor()
  await isClean(ann)

  const phone = await story().opens('Cleo', { phone: true, locale: 'zh-CN' })
  await phone.page.goto(url)
  await phone.page.reload()
  await phone.presses(phone.words.device.enter)
  await phone.page.getByText(phone.words.device.waiting).waitFor()
  await isClean(phone)
  await dialog.getByText('127.0.0.1').waitFor()
  await isClean(ann)
  await ann.presses(words.device.confirm)
  await phone.isIn()
  await dialog.getByText(words.device.doneText).waitFor()
  await ann.presses(words.access.done)

  await ann.presses(words.security.show)
  const rename = page.getByRole('button', { name: /^Rename/ }).last()
  await rename.click()
  await dialog.last().getByLabel(words.passkey.name, { exact: true }).fill('Blue phone')
  await page.keyboard.press('Enter')
  await dialog.getByText('Blue phone').waitFor()
  await isClean(ann)
})
