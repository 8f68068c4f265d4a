// Voice messages on a wide screen in English and on a phone in Chinese, with the browser's own microphone, which beeps once a second.
import type { CDPSession, Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import type { FileRef } from '../../server/protocol/files.ts'
import type { PageAnswer } from '../../server/protocol/http.ts'
import { voiceLimits } from '../../server/protocol/voice-limits.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { settled } from '../support/browser-eye.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

// The headless browser has nobody whom it could ask.
const story = tellStory({
  flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
})
const phone = { phone: true, locale: 'zh-CN', theme: 'dark' } as const
const wide = { width: 1440, height: 900 }
const shots = process.env['SHOTS']

async function isFine(visitor: Visitor, name: string): Promise<void> {
  await settled(visitor.page)
  if (shots) await visitor.page.screenshot({ path: `${shots}/${name}.png` })
  expect(await axeFindings(visitor)).toEqual([])
}
/** The next time, the browser does not give its microphone. */
const refuses = (visitor: Visitor, name: string) =>
  visitor.page.evaluate((why) => {
    Object.defineProperty(navigator.mediaDevices, 'getUserMedia', {
      configurable: true,
      value: () => {
        Reflect.deleteProperty(navigator.mediaDevices, 'getUserMedia')
        return Promise.reject(new DOMException('', why))
      },
    })
  }, name)
const button = (visitor: Visitor, words: string): Locator =>
  visitor.page.getByRole('button', { name: words, exact: true })
const mic = (visitor: Visitor) => button(visitor, visitor.words.voice.record)
const bar = (visitor: Visitor) =>
  visitor.page.getByRole('group', { name: visitor.words.voice.began, exact: true })
/** What waits in the strip above the field. */
const waiting = (visitor: Visitor) => visitor.page.locator('[data-file]')
const hasSpoken = (visitor: Visitor, seconds = 1) =>
  bar(visitor)
    .getByRole('timer')
    .filter({ hasText: `0:0${seconds}` })
    .waitFor()

/** The voice messages of the room on screen, as the server has them. */
async function voices(visitor: Visitor): Promise<FileRef[]> {
  const room = new URL(visitor.page.url()).pathname.split('/').at(-1) ?? ''
  const page = await visitor.page.evaluate(async (path) => {
    const answer = await fetch(path)
    return (await answer.json()) as unknown
  }, `/api/rooms/${room}/messages`)
  return (page as PageAnswer).messages.flatMap((one) => ('files' in one ? (one.files ?? []) : []))
}
const arrives = (visitor: Visitor, n: number) =>
  until(
    () => voices(visitor),
    (files) => files.length === n,
  )
/** How long it is, in seconds, and whether it plays from its middle. */
const plays = (visitor: Visitor, { id }: FileRef) =>
  visitor.page.evaluate(async (src) => {
    const audio = new Audio(src)
    await new Promise((done, failed) => {
      audio.addEventListener('loadedmetadata', done)
      audio.addEventListener('error', failed)
    })
    audio.currentTime = audio.duration / 2
    await audio.play()
    const { duration, currentTime } = audio
    audio.pause()
    return { duration, isInMiddle: currentTime >= duration / 3 }
  }, `/api/files/${id}/content`)

test('somebody records with a click or a key, listens, and sends; it is a sound with its length and shape for everybody', async () => {
  const ann = await story().enters('Ann Speaks', wide)
  const words = ann.words.voice
  await ann.makes('orchard')
  for (const [name, why] of [
    ['NotAllowedError', words.trouble.denied],
    ['NotFoundError', words.trouble.absent],
    ['NotReadableError', words.trouble.busy],
  ] as const) {
    await refuses(ann, name)
    await mic(ann).click()
    await ann.toast(why).waitFor()
    await bar(ann).waitFor({ state: 'detached' })
  }

  await mic(ann).focus()
  await ann.page.keyboard.press('Enter')
  await hasSpoken(ann, 2)
  expect(await ann.focused()).toBe(words.stop)
  await isFine(ann, 'voice-wide-recording')
  await ann.page.keyboard.press('Enter')
  await waiting(ann).waitFor()
  await isFine(ann, 'voice-wide-draft')
  expect(await ann.focused()).toBe(await ann.composer.getAttribute('aria-label'))
  await button(ann, words.play).click()
  await button(ann, words.pause).click()
  await button(ann, ann.words.composer.send).click()
  const [file] = await arrives(ann, 1)
  expect(file).toMatchObject({ kind: 'voice', type: 'audio/webm' })
  expect(file?.durationMs).toBeGreaterThan(1_900)
  expect(file?.durationMs).toBeLessThan(20_000)
  const shape = Buffer.from(file?.waveform ?? '', 'base64')
  expect([shape.length, Math.max(...shape)]).toEqual([64, 255])
  const bob = await story().enters('Bob Listens', wide)
  await bob.joins('orchard')
  const heard = await plays(bob, file as FileRef)
  expect(Math.abs(heard.duration * 1_000 - (file?.durationMs ?? 0))).toBeLessThan(500)
  expect(heard.isInMiddle).toBe(true)

  // Sent while it is recorded.
  await mic(ann).click()
  await hasSpoken(ann)
  await button(ann, words.send).click()
  await arrives(ann, 2)
  await bar(ann).waitFor({ state: 'detached' })

  // Deleted, and taken back.
  await mic(ann).click()
  await hasSpoken(ann)
  await button(ann, words.cancel).click()
  await ann.toast(words.deleted).waitFor()
  await button(ann, ann.words.undo).click()
  await waiting(ann).waitFor()
})

test('whoever goes to another room, or looks elsewhere, is not recorded any longer, and finds what they said', async () => {
  const ann = await story().enters('Ann Wanders', wide)
  await ann.makes('meadow')
  await ann.makes('brook side')
  await mic(ann).click()
  await hasSpoken(ann)
  await ann.goesTo('meadow')
  expect(await waiting(ann).count()).toBe(0)
  await ann.goesTo('brook side')
  await waiting(ann).waitFor()
  await ann.page.reload()
  await waiting(ann).waitFor()
  await ann.goesTo('meadow')
  await mic(ann).click()
  await hasSpoken(ann)
  await ann.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    Reflect.deleteProperty(document, 'hidden')
  })
  await waiting(ann).waitFor()
  await bar(ann).waitFor({ state: 'detached' })
})

/** A finger, which Playwright can only tap with. */
async function finger(visitor: Visitor) {
  const session: CDPSession = await visitor.context.newCDPSession(visitor.page)
  const { x = 0, y = 0, width = 0, height = 0 } = (await mic(visitor).boundingBox()) ?? {}
  const at = { x: x + width / 2, y: y + height / 2 }
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', dx = 0, dy = 0) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: at.x + dx, y: at.y + dy }],
    })
  return {
    presses: () => touch('touchStart'),
    slides: async (dx: number, dy: number) => {
      for (const part of [0.25, 0.5, 0.75, 1]) await touch('touchMove', dx * part, dy * part)
    },
    lifts: () => touch('touchEnd'),
  }
}

test('on a phone it is recorded as long as a finger stays; sliding cancels, sliding up goes on without it', async () => {
  const li = await story().enters('李 说话', phone)
  const words = li.words.voice
  await li.makes('院子')
  const hand = await finger(li)
  await hand.presses()
  await hasSpoken(li)
  await isFine(li, 'voice-phone-held')
  await hand.lifts()
  await waiting(li).waitFor()
  await isFine(li, 'voice-phone-draft')
  await button(li, li.words.composer.send).click()
  await arrives(li, 1)

  await mic(li).waitFor()
  await hand.presses()
  await hasSpoken(li)
  await hand.slides(-voiceLimits.cancelPx - 5, 0)
  await li.toast(words.deleted).waitFor()
  await hand.lifts()
  await bar(li).waitFor({ state: 'detached' })
  expect(await waiting(li).count()).toBe(0)

  await hand.presses()
  await hasSpoken(li)
  await hand.slides(0, -voiceLimits.lockPx - 5)
  await hand.lifts()
  await button(li, words.stop).waitFor()
  await isFine(li, 'voice-phone-locked')
  expect(await li.overflow()).toBe(0)
  // Trap: on a busy machine Chromium makes no click of a tap that Playwright gives.
  await button(li, words.send).click()
  await arrives(li, 2)

  // A click goes on by itself as well.
  await mic(li).click()
  await hasSpoken(li)
  await button(li, words.stop).click()
  await waiting(li).waitFor()
})
