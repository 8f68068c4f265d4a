// Files on screen: pictures that move nothing when they load, the gallery by keyboard, a PDF, sound and film with seeking, a text,
// a deleted message, and the lists of files; in English on a desktop and in Chinese on a phone.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileRef, FilesAnswer } from '../../server/protocol/files.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill, plain } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { animation, pdfOf, picture, wav } from '../support/made-files.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { uploads } from '../support/uploads.ts'

const story = tellStory()

const shot = async ({ page }: Visitor, name: string): Promise<void> => {
  if (process.env['SHOTS'] !== undefined)
    await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` })
}

/** Says something with these files; its number. */
async function says(who: Person, files: FileRef[], text = ''): Promise<number> {
  const body = { cid: newCid(), text, files: files.map(({ id }) => id) }
  const answer = await who.ask<{ seq: number }>('POST', `/api/rooms/${who.room}/messages`, body)
  expect(answer.status).toBe(201)
  return answer.body.seq
}
const sends = async (who: Person, name: string, bytes: Buffer<ArrayBuffer>, text = ''): Promise<FileRef> => {
  const file = await uploads(who, bytes, { name })
  await says(who, [file], text)
  return file
}
const shifts = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        const seen = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
        })
        seen.observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 100)
      }),
  )
/** Where each message stands. */
const places = (page: Page): Promise<number[]> =>
  page
    .locator('[data-message]')
    .evaluateAll((all) => all.map((one) => Math.round(10 * one.getBoundingClientRect().top)))

test('pictures take their place before they load, and the gallery goes through them by keyboard', async () => {
  const mara = await story().joins('Mara Lind')
  await mara.makes('garden')
  const hues = [20, 60, 100, 140]
  const files: FileRef[] = []
  for (const hue of hues)
    files.push(await uploads(mara, await picture(1600, 1000 + hue, hue), { name: `${hue}.jpg` }))
  await says(mara, files.slice(0, 3), 'First tomatoes of the year.')
  await says(mara, files.slice(3))
  await sends(mara, 'dance.gif', await animation(180))

  for (const device of [{}, { locale: 'zh-CN', phone: true, theme: 'dark' } as const]) {
    const isPhone = 'phone' in device
    const ann = await story().enters(isPhone ? '李思' : 'Ann', device)
    const { page, words } = ann
    // No preview arrives until the places were seen.
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/preview?*', async (route) => {
      await held
      await route.continue()
    })
    await ann.joins('garden')
    const pictures = ann.list.locator('[data-files] img')
    await until(
      () => pictures.count(),
      (n) => n === 5,
    )
    const before = await places(page)
    const moved = await shifts(page)
    release()
    await until(
      () =>
        pictures.evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length),
      (n) => n === 5,
    )
    expect(await places(page)).toEqual(before)
    expect((await shifts(page)) - moved).toBe(0)
    await shot(ann, `pictures-${isPhone ? 'phone' : 'desk'}`)
    expect(await ann.overflow()).toBeLessThanOrEqual(0)
    expect(await axeFindings(ann)).toEqual([])

    // The second of three.
    const second = ann.list.locator('[data-files] li a').nth(1)
    await (isPhone ? second.tap() : second.focus())
    if (!isPhone) await page.keyboard.press('Enter')
    const gallery = page.getByRole('dialog', { name: words.showing.gallery })
    await gallery.waitFor()
    await gallery.getByText('60.jpg').waitFor()
    await gallery.getByText('Mara Lind').waitFor()
    await gallery.getByText('2 / 5').waitFor()
    await until(
      () => gallery.locator('.pswp__item[aria-hidden=false] img').count(),
      (n) => n > 0,
    )
    await shot(ann, `gallery-${isPhone ? 'phone' : 'desk'}`)
    expect(await axeFindings(ann)).toEqual([])
    if (isPhone) await gallery.getByRole('button', { name: words.close }).tap()
    else {
      await page.keyboard.press('ArrowRight')
      await gallery.getByText('100.jpg').waitFor()
      await page.keyboard.press('ArrowRight')
      await gallery.getByText('140.jpg').waitFor()
      expect(await gallery.getByRole('link', { name: words.showing.save }).getAttribute('href')).toBe(
        `/api/files/${files[3]?.id}/content?download=1`,
      )
      await page.keyboard.press('Escape')
    }
    await gallery.waitFor({ state: 'detached' })
    expect(await second.evaluate((el) => el === document.activeElement)).toBe(true)
    if (isPhone) continue

    // What moves stands still until one looks at it.
    const dance = ann.list.locator('[data-files] img').last()
    const moves = async () => (await dance.getAttribute('src'))?.endsWith('/content')
    expect(await moves()).toBe(false)
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await page.getByRole('button', { name: 'dance.gif' }).focus()
    await until(moves)
    await page.keyboard.press('Enter')
    await until(async () => !(await moves()))
    await page.keyboard.press('Enter')
    await until(moves)
  }
})

test('papers, sounds and films are shown in their place', async () => {
  const tomas = await story().joins('Tomás')
  await tomas.makes('square')
  await sends(tomas, '灌溉计划.pdf', pdfOf('Irrigation plan', 'Second page'), '计划在这里')
  await sends(tomas, 'birds.wav', wav(8))
  const code = Array.from({ length: 30 }, (_, n) => `const lag${n} = ${n} // ms`).join('\n')
  await sends(tomas, 'lag.ts', Buffer.from(code))
  await sends(tomas, 'beds.zip', Buffer.from('504b0506000000000000000000000000000000000000', 'hex'))

  const ann = await story().enters('Noor')
  const bob = await story().enters('王小明', { locale: 'zh-CN', phone: true, theme: 'dark' })
  await ann.joins('square')
  await bob.joins('square')
  const { page, words } = ann
  const { showing } = words

  const text = ann.list.getByRole('group', { name: fill(showing.textOf, { name: '\u2068lag.ts\u2069' }) })
  await text.getByText('const').first().waitFor()
  expect(await text.innerText()).not.toContain('lag20')
  await text.locator('.code-key').first().waitFor()
  await shot(ann, 'papers-desk')
  await shot(bob, 'papers-phone')
  await ann.presses(showing.showAll)
  await text.getByText('lag29').waitFor()
  expect(await axeFindings(ann)).toEqual([])

  const sound = page.locator('audio')
  await until(
    () => sound.evaluate((el: HTMLAudioElement) => el.duration),
    (length) => Math.round(length) === 8,
  )
  await sound.evaluate((el: HTMLAudioElement) => (el.currentTime = 5))
  await until(() => sound.evaluate((el: HTMLAudioElement) => !el.seeking && Math.round(el.currentTime) === 5))

  // A film that the browser itself has made.
  const film = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    const brush = canvas.getContext('2d')
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' })
    const pieces: Blob[] = []
    const done = new Promise((resolve) => (recorder.onstop = resolve))
    // Pictures one after the other, until there are so many pieces of a tenth of a second.
    await new Promise<void>((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        if (pieces.push(data) === 12) resolve()
      }
      recorder.start(100)
      const draw = (at: number): void => {
        if (brush) brush.fillStyle = `hsl(${at % 360}, 60%, 50%)`
        brush?.fillRect(0, 0, 300, 150)
        if (recorder.state === 'recording') requestAnimationFrame(draw)
      }
      draw(0)
    })
    recorder.stop()
    await done
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())]
  })
  const told = { durationMs: '1200', width: '300', height: '150' }
  const video = await uploads(tomas, Buffer.from(film), { name: 'bed.webm', more: told })
  const seq = await says(tomas, [video])
  const shown = page.locator('video')
  await until(
    () => shown.evaluate((el: HTMLVideoElement) => el.readyState),
    (state) => state >= 2,
  )
  await page.getByText('0:02').waitFor()
  expect(await shown.evaluate((el: HTMLVideoElement) => [el.clientWidth, el.clientHeight])).toEqual([
    300, 150,
  ])
  await shown.evaluate((el: HTMLVideoElement) => (el.currentTime = 0.6))
  await until(() => shown.evaluate((el: HTMLVideoElement) => !el.seeking && el.currentTime > 0.5))
  await shot(ann, 'film-desk')
  expect(await axeFindings(ann)).toEqual([])

  const plan = page.getByRole('button', { name: fill(showing.open, { name: '\u2068灌溉计划.pdf\u2069' }) })
  await page.getByText(fill(showing.pdf.pages.split('|')[1] ?? '', { n: 2 }).trim()).waitFor()
  await plan.focus()
  await page.keyboard.press('Enter')
  await ann.dialog.getByText('Irrigation plan').waitFor()
  await shot(ann, 'pdf-desk')
  expect(await axeFindings(ann)).toEqual([])
  await page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })
  expect(await plan.evaluate((el) => el === document.activeElement)).toBe(true)
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await axeFindings(bob)).toEqual([])

  // What is deleted says so, and is gone.
  await tomas.ask('DELETE', `/api/rooms/${tomas.room}/messages/${seq}`, { cid: newCid() })
  await ann.list.getByText(words.room.deleted).waitFor()
  await bob.list.getByText(bob.words.room.deleted).waitFor()
  expect(await page.locator('video').count()).toBe(0)
})

test('files are listed by kind, found by name, and lead to their messages', async () => {
  const lars = await story().joins('Lars')
  await lars.makes('archive room')
  await sends(lars, 'north bed.jpg', await picture(800, 600, 30))
  await sends(lars, 'south bed.jpg', await picture(800, 900, 200))
  await sends(lars, 'seeds.pdf', pdfOf('Seeds'), 'Order these')
  const mia = await story().enters('Mia')
  const bob = await story().enters('小雨', { locale: 'zh-CN', phone: true, theme: 'dark' })
  const { page, words } = mia
  for (const one of [mia, bob]) await one.joins('archive room')

  // What is listed is archived.
  await until(
    async () => (await lars.ask<FilesAnswer>('GET', `/api/rooms/${lars.room}/files`)).body.files.length,
    (n) => n === 3,
  )
  await page.getByRole('button', { name: words.filesPage.title }).click()
  const rows = page.locator('[data-listed-file]')
  await until(
    () => rows.count(),
    (n) => n === 3,
  )
  await shot(mia, 'files-desk')
  expect(await axeFindings(mia)).toEqual([])
  await mia.presses(words.filesPage.kinds.pdf)
  await until(
    () => rows.count(),
    (n) => n === 1,
  )
  await mia.presses(words.filesPage.kinds.image)
  const tiles = page.locator('main li img')
  await until(
    () => tiles.count(),
    (n) => n === 2,
  )
  await shot(mia, 'files-grid-desk')
  expect(await axeFindings(mia)).toEqual([])
  await page.locator('main li a').first().click()
  const gallery = page.getByRole('dialog', { name: words.showing.gallery })
  await gallery.getByText('south bed.jpg').waitFor()
  await gallery.getByRole('button', { name: words.filesPage.toMessage }).click()
  await gallery.waitFor({ state: 'detached' })
  await mia.isInRoom('archive room')
  await mia.list.locator('[data-marked] [data-files]').waitFor()

  await page.goto('/search?q=has%3Aimage%20north')
  await page.locator('[data-hit] mark').getByText('north').waitFor()
  expect(await page.locator('[data-hit]').count()).toBe(1)
  await shot(mia, 'search-desk')
  expect(await axeFindings(mia)).toEqual([])

  const { page: phone, words: zh } = bob
  await phone.getByRole('button', { name: zh.room.more }).tap()
  await phone.getByRole('menuitem', { name: zh.filesPage.title }).tap()
  await until(
    () => phone.locator('[data-listed-file]').count(),
    (n) => n === 3,
  )
  expect(plain(await phone.getByRole('heading', { level: 1 }).innerText())).toContain('archive room')
  await shot(bob, 'files-phone')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await axeFindings(bob)).toEqual([])
  await bob.presses(zh.filesPage.kinds.image)
  await until(
    () => phone.locator('main li img').count(),
    (n) => n === 2,
  )
  await shot(bob, 'files-grid-phone')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  await phone.goto('/files')
  await phone.getByText(zh.filesPage.noneOwnText).waitFor()
  expect(await axeFindings(bob)).toEqual([])
})

test('what is out of reach is there when the connection is back, and the gallery is shut when somebody signs out', async () => {
  const ida = await story().joins('Ida')
  await ida.makes('cellar')
  await sends(ida, 'drip.wav', wav(8))
  await sends(ida, 'wall.jpg', await picture(800, 600, 30))
  const ned = await story().enters('Ned')
  const { page, words } = ned
  ned.expects(/api\/files|api\/session|ERR_|Failed to load|WebSocket|401/)
  await ned.context.route('**/content', (route) => route.abort('connectionrefused'))
  await ned.joins('cellar')
  await ned.list.getByText(words.showing.failed).waitFor()
  await ned.context.unroute('**/content')
  await ned.goesOffline()
  await ned.comesBack()
  await until(
    () => page.locator('audio').evaluate((el: HTMLAudioElement) => el.duration),
    (length) => Math.round(length) === 8,
  )
  await ned.list.locator('[data-files] a img').click()
  const gallery = page.getByRole('dialog', { name: words.showing.gallery })
  await gallery.waitFor()
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }))
  await gallery.waitFor({ state: 'detached' })
})
