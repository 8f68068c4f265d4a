// Being told while no page is open: turned on by its owner, shown by the service worker, gone once it is read elsewhere. And the
// page where somebody chooses how they are told.
import { expect, test } from 'vitest'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { axeFindings } from '../support/browser-axe.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { ChangedBuild } from '../support/changed-build.ts'
import { PushService, type PushDevice } from '../support/push-service.ts'
import { until } from '../support/until.ts'

const story = tellStory({ isShell: false, worker: true, settings: { webhookPrivate: true } })

/** Chromium cannot subscribe without its vendor's service: the test's own takes its place, from the first page on. */
const subscribing = (device: PushDevice) => async (context: BrowserContext) => {
  await context.grantPermissions(['notifications'])
  await context.addInitScript((subscription) => {
    // The headless build has no notifications, and says that they are denied.
    Object.assign(globalThis, { showsReal: Notification.permission === 'granted' })
    Object.defineProperty(Notification, 'permission', { value: 'granted' })
    Notification.requestPermission = () => Promise.resolve('granted')
    PushManager.prototype.subscribe = () =>
      Promise.resolve({ toJSON: () => subscription } as unknown as PushSubscription)
  }, device.subscription)
}

/** This Chromium shows notifications; the headless build does not. */
const showsReal = (page: Page): Promise<boolean> =>
  page.evaluate(() => (globalThis as { showsReal?: boolean }).showsReal === true)

/** What the push service does for a browser: what comes for the device is given to the service worker. */
async function brings(page: Page, device: PushDevice): Promise<void> {
  const cdp: CDPSession = await page.context().newCDPSession(page)
  const found = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations
      if (one !== undefined) resolve(one.registrationId)
    })
  })
  await cdp.send('ServiceWorker.enable')
  const registrationId = await found
  const { origin } = new URL(page.url())
  device.answers = (response) => {
    const data = JSON.stringify(device.tried.at(-1)?.payload)
    cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data }).then(
      () => response.writeHead(201).end(),
      () => response.writeHead(500).end(),
    )
  }
}

/** Put before the service worker: the headless build shows no notifications, so they are kept where every page can see them. */
function keepsShown(): void {
  if (Notification.permission === 'granted') return
  type Kept = NotificationOptions & { title: string }
  const at = '/shown'
  const cache = () => caches.open('test')
  // The worker ends as soon as it has nothing to do.
  let writing: Promise<unknown> = Promise.resolve()
  const read = async (): Promise<Kept[]> => {
    await writing
    return (await (await (await cache()).match(at))?.json()) ?? []
  }
  const write = async (kept: Kept[]) => (await cache()).put(at, new Response(JSON.stringify(kept)))
  ServiceWorkerRegistration.prototype.getNotifications = async ({ tag } = {}) =>
    (await read())
      .filter((one) => tag === undefined || one.tag === tag)
      .map((one) => ({
        ...one,
        close: () => {
          writing = read().then((kept) => write(kept.filter((other) => other.tag !== one.tag)))
        },
      })) as unknown as Notification[]
  ServiceWorkerRegistration.prototype.showNotification = async (title, options = {}) =>
    void (await write([...(await read()).filter(({ tag }) => tag !== options.tag), { ...options, title }]))
}

const shown = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    type Kept = { title: string; body: string }[]
    const kept = await (await caches.open('test')).match('/shown')
    const registration = await navigator.serviceWorker.getRegistration()
    const real = (await registration?.getNotifications()) ?? []
    const all = kept === undefined ? real : ((await kept.json()) as Kept)
    return all.map(({ title, body }) => `${title}: ${body}`)
  })

test('a message reaches a closed tab, is gone when it is read on another device, and a click leads to it', async () => {
  const service = await PushService.up()
  const device = service.makes()
  const { brook } = story()
  const ann = await story().joins('Ann')
  const room = await ann.makes('garden')
  const before = await ChangedBuild.before(story().address)
  before.ahead = `(${keepsShown.toString()})();\n`
  const bob = await story().opens('Bob', { beforehand: subscribing(device) }, before.address)
  await bob.entersAsGuest()
  await bob.joins('garden')
  const isReal = await showsReal(bob.page)
  await bob.chooses(en.alerts.title)
  await bob.presses(en.alerts.turnOn)
  await bob.page.getByRole('button', { name: en.alerts.test }).waitFor()
  await brings(bob.page, device)
  await bob.presses(en.alerts.test)
  await until(
    () => shown(bob.page),
    (all) => all.length === 1,
  )

  // No page of the app is open any more, but one from which a test can look.
  const [{ value: cookie = '', name: cookieName = '' } = {}] = await bob.context.cookies()
  const there = await bob.context.newPage()
  await there.goto('/robots.txt')
  await bob.page.close()
  await brings(there, device)
  const { seq } = await ann.acked(ann.says('@Bob are you **there**?'))
  const [row] = await brook.db.rows<{ id: number }>("SELECT id FROM users WHERE name = 'Bob'")
  await brook.db.run(
    `INSERT IGNORE INTO notifications (user_id, room_id, seq, event, cause, read_by, by_id, at_ms, decided_ms)
     VALUES (?)`,
    [
      [
        row?.id ?? 0,
        BigInt(room.id),
        seq,
        '',
        'mention',
        'room',
        BigInt(ann.user.id),
        Date.now(),
        Date.now(),
      ],
    ],
  )
  await until(
    () => shown(there),
    (all) => all.some((one) => one === 'Ann in #garden: @Bob are you there?'),
  )

  const other = await story().opens('Bob', { cookie: `${cookieName}=${cookie}` })
  await other.isIn()
  await other.goesTo('garden')
  await other.sees('are you there')
  await until(() => device.gone.length > 0)
  expect(device.gone).toMatchObject([{ tag: `room-${room.id}` }])
  // What stands in for notifications in the headless build cannot be closed by a worker that ends at once.
  if (!isReal) return service.goesDown()
  await until(
    () => shown(there),
    (all) => all.every((one) => !one.includes('there')),
  )

  // A click: nobody can do that in a browser without a screen.
  const worker = bob.context.serviceWorkers().at(-1)
  const leads = await worker?.evaluate(async () => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration
      clients: { matchAll: () => Promise<[]>; openWindow: (link: string) => Promise<null> }
      dispatchEvent: (event: Event) => void
    }
    const [notification] = await scope.registration.getNotifications({ tag: 'test' })
    scope.clients.matchAll = () => Promise.resolve([])
    const opened = new Promise<string>((resolve) => {
      scope.clients.openWindow = (link) => {
        resolve(link)
        return Promise.resolve(null)
      }
    })
    const click = new Event('notificationclick')
    Object.assign(click, { notification, waitUntil: () => undefined })
    scope.dispatchEvent(click)
    return opened
  })
  expect(leads).toBe('/notifications')
  await until(
    () => shown(there),
    (all) => all.length === 0,
  )
  await service.goesDown()
})

const quietOf = async (visitor: Visitor) => {
  const answer = await visitor.page.evaluate(async () => (await fetch('/api/me/notifications')).json())
  return answer as { quiet: { zone: string; days: object[] } | null; sound: string; keywords: string[] }
}

test('somebody chooses on a wide screen how they are told, and is not told twice', async () => {
  const cho = await story().enters('Cho', { width: 1440, height: 900, timezone: 'Asia/Kathmandu' })
  await cho.makes('orchard')
  await cho.chooses(en.alerts.title)
  await cho.page.getByRole('heading', { name: en.alerts.title, level: 1 }).waitFor()
  await cho.page.getByLabel(en.alerts.quietOn).check()
  await cho.page
    .getByText(/Asia\/Kath?mandu/)
    .first()
    .waitFor()
  const monday = cho.page.getByLabel('Monday', { exact: true })
  await monday.focus()
  await cho.page.keyboard.press('Space')
  await cho.page.getByLabel('Tuesday: from').fill('21:30')
  await cho.page.getByLabel('Tuesday: from').blur()
  await cho.page.getByLabel(en.alerts.sounds.wood, { exact: true }).check()
  await cho.page.getByLabel(en.alerts.keyword).fill('harvest')
  await cho.page.getByLabel(en.alerts.keyword).press('Enter')
  const rooms = cho.page.getByLabel(en.alerts.room)
  const orchard = rooms.locator('option').filter({ hasText: 'orchard' })
  await rooms.selectOption((await orchard.getAttribute('value')) ?? '')
  await cho.page.getByRole('listitem').filter({ hasText: 'orchard' }).last().waitFor()
  await until(
    () => quietOf(cho),
    ({ quiet, sound, keywords }) =>
      quiet !== null &&
      /^Asia\/Kath?mandu$/.test(quiet.zone) &&
      quiet.days.length === 6 &&
      JSON.stringify(quiet.days).includes('21:30') &&
      sound === 'wood' &&
      keywords[0] === 'harvest',
  )
  await cho.presses(en.notify.lasting.hour)
  await cho.page.getByRole('button', { name: en.alerts.endPause }).waitFor()
  expect(await axeFindings(cho, { within: 'main' })).toEqual([])
  if (process.env['SHOTS'] !== undefined)
    await cho.page.screenshot({ path: `${process.env['SHOTS']}/wide-en.png`, fullPage: true })
})

test('the same on a phone, in Chinese', async () => {
  const dan = await story().enters('丹', { phone: true, locale: 'zh-CN', timezone: 'Asia/Shanghai' })
  await dan.page.goto('/notifications')
  await dan.page.getByRole('heading', { name: zh.alerts.title, level: 1 }).waitFor()
  await dan.page.getByLabel(zh.alerts.quietOn).check()
  await dan.page.getByLabel('星期二：开始').waitFor()
  expect(
    await dan.page.evaluate(
      () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
    ),
  ).toBe(true)
  expect(await axeFindings(dan, { within: 'main' })).toEqual([])
  if (process.env['SHOTS'] !== undefined)
    for (const [n, id] of ['device', 'quiet', 'pierce', 'keywords'].entries()) {
      await dan.page.locator(`#${id}-title`).scrollIntoViewIfNeeded()
      await dan.page.screenshot({ path: `${process.env['SHOTS']}/phone-zh-${n}.png` })
    }
})
