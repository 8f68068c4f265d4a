// Files from the moment they are given until they have arrived: pasted, dropped, chosen; described, put in order, removed; through
// a reload, without a connection, without space; wide and on a phone, in both languages.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { fileLimits } from '../../server/protocol/file-limits.ts'
import { en } from '../../web/words/en.ts'
import { administrator, isTidy, picture } from '../support/browser-admin.ts'
import { pair } from '../support/browser-devices.ts'
import { listenTo } from '../support/browser-ear.ts'
import {
  does,
  gives,
  names,
  picks,
  pictureOf,
  received,
  removing,
  strip,
  textOf,
  tile,
} from '../support/browser-files.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { testFolder } from '../support/folder.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const folder = testFolder()

/** Somebody at a browser and somebody who listens, in a room of their own. */
async function two(
  name: string,
  room: string,
  device: Parameters<ReturnType<typeof story>['enters']>[1] = {},
): Promise<[Visitor, Person]> {
  const own = await story().joins(name)
  const other = await story().joins(`${name}’s friend`)
  const { id } = await own.makes(room)
  await other.joins(id)
  await other.connects({ [id]: 0 })
  const visitor = await story().opens(name, { ...device, cookie: own.cookie })
  await visitor.page.goto(new URL(`/rooms/${id}`, visitor.page.url()).href)
  await visitor.isInRoom(room)
  return [visitor, other]
}

const bytesOf = async (who: Person, id: string): Promise<string> => {
  const answer = await fetch(`${who.address}/api/files/${id}/content`, { headers: { cookie: who.cookie } })
  return createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')
}
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The messages that have come, once there are so many. */
const come = (who: Person, n: number) =>
  until(
    () => received(who),
    (all) => all.length >= n,
  )

/** No byte of a file leaves the browser until the returned function is called. */
async function holdsUploads({ context }: Visitor): Promise<() => Promise<void>> {
  await context.route('**/api/files', (route) => route.abort('connectionrefused'))
  return () => context.unroute('**/api/files')
}

test.each(pair)('pasted, described, put in order, removed and sent: %s', async (device, how) => {
  const [ann, bob] = await two(`Ann ${device}`, `pictures-${device}`, how)
  const { attach } = ann.words
  const [one, two_] = [await pictureOf('one.png'), await pictureOf('two.png', { colour: '#a53' })]
  expect(await gives(ann, 'paste', [one])).toBe(true)
  await tile(ann, 'one.png').waitFor()
  await picks(ann, [two_, textOf('三.txt', 'hello')])
  await until(
    () => names(ann),
    (all) => String(all) === 'one.png,two.png,三.txt',
  )
  await isTidy(ann)
  await picture(ann, `files-strip-${device}`)

  // By keyboard and by menu.
  await removing(ann, 'two.png').focus()
  await ann.page.keyboard.press('Alt+ArrowLeft')
  await until(
    () => names(ann),
    (all) => String(all) === 'two.png,one.png,三.txt',
  )
  expect(await ann.focused()).toContain('two.png')
  await does(ann, '三.txt', attach.earlier)
  await until(
    () => names(ann),
    (all) => String(all) === 'two.png,三.txt,one.png',
  )

  await does(ann, 'two.png', attach.describe)
  await ann.dialog.getByLabel(attach.alt).fill('A red field')
  await isTidy(ann)
  await picture(ann, `files-alt-${device}`)
  await ann.dialog.getByRole('button', { name: ann.words.composer.save, exact: true }).click()
  await removing(ann, '三.txt').click()

  // A draft waits with its files.
  await ann.composer.fill('Look')
  await until(() => tile(ann, 'one.png').getByText(/\d/).count())
  await ann.page.reload()
  await until(
    () => names(ann),
    (all) => String(all) === 'two.png,one.png',
  )
  expect(await ann.composer.inputValue()).toBe('Look')
  await ann.composer.press('Control+Enter')
  const [message] = await come(bob, 1)
  expect(message).toMatchObject({
    text: 'Look',
    files: [
      { name: 'two.png', kind: 'image', width: 400, height: 300, alt: 'A red field' },
      { name: 'one.png', kind: 'image' },
    ],
  })
  expect(await bytesOf(bob, message?.files[0]?.id ?? '')).toBe(hashOf(two_.bytes))
  await strip(ann).waitFor({ state: 'detached' })
})

test('dropped over the conversation, and nowhere else; the page stays what it is', async () => {
  const [cid, bob] = await two('Cid', 'drops')
  const file = textOf('plan.txt', 'dig')
  await gives(cid, 'dragover', [file], { at: '[data-takes-files]' })
  await cid.page.getByText(fill(en.attach.dropText, { room: '\u2068#drops\u2069' })).waitFor()
  await picture(cid, 'files-drop')
  expect(await gives(cid, 'drop', [file], { at: 'nav' }), 'beside it').toBe(true)
  await cid.toast(en.attach.notHere).waitFor()
  expect(await strip(cid).count()).toBe(0)
  expect(await gives(cid, 'drop', [file], { at: '[data-takes-files] header' })).toBe(true)
  await tile(cid, 'plan.txt').waitFor()
  // Words with a picture of them are words.
  expect(await gives(cid, 'paste', [await pictureOf('image.png')], { words: 'a table' })).toBe(false)
  await cid.presses(en.composer.send)
  expect((await come(bob, 1))[0]).toMatchObject({ text: '', files: [{ name: 'plan.txt', kind: 'text' }] })
})

test('ten at once go in their order; what is too much or nothing is said before anything is sent', async () => {
  const [dan, bob] = await two('Dan', 'ten')
  const ear = await listenTo(dan.page)
  const all = Array.from({ length: 11 }, (_, at) => textOf(`${at + 1}.txt`, `file ${at + 1}`))
  await picks(dan, [textOf('nothing.txt', ''), ...all])
  await ear.hears(fill(en.attach.empty, { name: 'nothing.txt' }))
  await until(
    () => names(dan),
    (seen) => seen.length === fileLimits.perMessage,
  )
  await dan.composer.fill('All of it')
  await dan.composer.press('Enter')
  const [message] = await come(bob, 1)
  expect(message?.files.map(({ name }) => name)).toEqual(all.slice(0, 10).map(({ name }) => name))
})

test('without a connection a message waits with its files, through a reload, and is there once; words need not wait', async () => {
  const [eve, bob] = await two('Eve', 'away')
  await until(() =>
    eve.page.evaluate(() =>
      performance.getEntriesByType('resource').some(({ name }) => /SendingFiles/.test(name)),
    ),
  )
  await eve.goesOffline()
  eve.expects(/api\/files|ERR_|Failed to load/)
  const film = { name: 'film.mov', type: 'video/quicktime', bytes: Buffer.alloc(3_000_000, 7) }
  await gives(eve, 'paste', [film])
  await tile(eve, 'film.mov').waitFor()
  await eve.composer.fill('From the train')
  await eve.composer.press('Enter')
  await eve.message('From the train').getByText('film.mov').waitFor()
  const release = await holdsUploads(eve)
  await eve.comesBack()
  await eve.page.reload()
  await eve.message('From the train').getByText('film.mov').waitFor()
  await isTidy(eve)
  await picture(eve, 'files-sending')
  await eve.says('Words alone')
  expect((await come(bob, 1))[0]).toMatchObject({ text: 'Words alone', files: [] })
  await release()
  const messages = await come(bob, 2)
  expect(messages[1]).toMatchObject({ text: 'From the train', files: [{ name: 'film.mov' }] })
  expect(await bytesOf(bob, messages[1]?.files[0]?.id ?? '')).toBe(hashOf(film.bytes))
  await eve.page.reload()
  await eve.sees('Words alone')
  expect(await received(bob)).toHaveLength(2)
})

test('an upload that the server cut goes on at the byte where it was, also in another tab', async () => {
  const [fay, bob] = await two('Fay', 'cut')
  fay.expects(/api\/files|ERR_|Failed to load|503|WebSocket/)
  const bytes = Buffer.alloc(40 * 1024 * 1024, 9)
  const film = path.join(folder, 'film.bin')
  await writeFile(film, bytes)
  const offsets: number[] = []
  let isCut = false
  // The second piece is cut once.
  await fay.context.route('**/api/files/*', async (route) => {
    const { method, offset } = {
      method: route.request().method(),
      offset: Number(route.request().headers()['upload-offset']),
    }
    if (method === 'PATCH') offsets.push(offset)
    if (method === 'PATCH' && offset > 0 && !isCut) {
      isCut = true
      return route.abort('connectionreset')
    }
    return route.fallback()
  })
  const tab = await fay.anotherTab()
  await picks(fay, film)
  await tile(tab, 'film.bin').waitFor()
  await until(() => isCut)
  // The other tab goes on with what this one leaves.
  await fay.page.close()
  await tab.composer.fill('Here')
  await tab.composer.press('Enter')
  const [message] = await come(bob, 1)
  expect(await bytesOf(bob, message?.files[0]?.id ?? '')).toBe(hashOf(bytes))
  expect(offsets.filter((offset) => offset === 0)).toHaveLength(1)
})

test('a message that waits can be paused, cancelled, and taken back', async () => {
  const [gil, bob] = await two('Gil', 'cancel')
  gil.expects(/api\/files|ERR_|Failed to load/)
  const release = await holdsUploads(gil)
  await gives(gil, 'paste', [textOf('secret.txt', 'not yet')])
  await tile(gil, 'secret.txt').waitFor()
  await gil.says('Wait')
  const row = gil.message('Wait')
  await row.getByRole('button', { name: en.attach.pause }).click()
  await row.getByText(en.attach.paused, { exact: true }).waitFor()
  await row.getByRole('button', { name: en.attach.resume }).click()
  await row.getByRole('button', { name: en.cancel, exact: true }).click()
  await row.waitFor({ state: 'detached' })
  await gil.page.locator('[data-sonner-toast]').getByRole('button', { name: en.undo }).click()
  await tile(gil, 'secret.txt').waitFor()
  expect(await gil.composer.inputValue()).toBe('Wait')
  await release()
  await gil.composer.press('Enter')
  expect((await come(bob, 1))[0]).toMatchObject({ text: 'Wait', files: [{ name: 'secret.txt' }] })
  expect(await received(bob)).toHaveLength(1)
})

test('pictures wait in the place that they will have', async () => {
  const [kit, bob] = await two('Kit', 'waiting-pictures')
  kit.expects(/api\/files|ERR_|Failed to load/)
  const release = await holdsUploads(kit)
  await picks(kit, [await pictureOf('a.png', { width: 900, height: 700 })])
  await tile(kit, 'a.png').getByRole('img', { includeHidden: true }).first().waitFor()
  await kit.composer.press('Enter')
  const box = kit.list.locator('li[title="a.png"]')
  const waits = await box.boundingBox()
  await picture(kit, 'files-waiting-picture')
  await isTidy(kit)
  await release()
  await come(bob, 1)
  const place = kit.list.locator('[data-files] .picture')
  await place.waitFor()
  const stands = await place.boundingBox()
  expect([stands?.width, stands?.height]).toEqual([waits?.width, waits?.height])
})

test('without space it is said in words, and sent once there is some', async () => {
  const [, root] = await administrator(story(), 'Root')
  const [hal, bob] = await two('Hal', 'quota')
  hal.expects(/api\/files|507/)
  expect((await root.ask('PATCH', '/api/admin/storage', { personBytes: 10 })).status).toBe(200)
  await gives(hal, 'paste', [textOf('long.txt', 'more than ten bytes')])
  await strip(hal).getByText(en.refusal.quota).first().waitFor()
  await isTidy(hal)
  await picture(hal, 'files-quota')
  await hal.says('Try')
  const row = hal.message('Try')
  await row.getByText(fill(en.room.standing.failedWhy, { why: en.refusal.quota })).waitFor()
  expect((await root.ask('PATCH', '/api/admin/storage', { personBytes: 0 })).status).toBe(200)
  await row.getByRole('button', { name: en.retry }).click()
  expect((await come(bob, 1))[0]).toMatchObject({ text: 'Try', files: [{ name: 'long.txt' }] })
})

test('in a thread, and a long text as a file; whoever signs out leaves nothing', async () => {
  const [ivy, bob] = await two('Ivy', 'threads-of-files')
  await ivy.says('Root')
  await come(bob, 1)
  await ivy.acts('Root', en.thread.reply)
  await ivy.page.locator('#thread-composer').waitFor()
  await gives(ivy, 'paste', [textOf('reply.txt', 'in the thread')], { at: '#thread-composer' })
  await tile(ivy, 'reply.txt').waitFor()
  await ivy.page.locator('#thread-composer').press('Control+Enter')
  const all = await come(bob, 2)
  expect(all[1]).toMatchObject({ files: [{ name: 'reply.txt' }] })

  const long = 'A long text. '.repeat(400)
  await gives(ivy, 'paste', [], { words: long })
  await ivy.composer.fill(long)
  await ivy.presses(en.attach.asFile)
  await tile(ivy, `${en.attach.pastedText}.txt`).waitFor()
  expect(await ivy.composer.inputValue()).toBe('')
  const kept = () =>
    ivy.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const opening = indexedDB.open('brook-files')
          opening.onsuccess = () => {
            const counting = opening.result.transaction('bytes').objectStore('bytes').count()
            counting.onsuccess = () => (opening.result.close(), resolve(counting.result))
          }
        }),
    )
  await until(kept, (n) => n === 1)
  await ivy.chooses(en.own.signOut)
  await ivy.dialog.getByRole('button', { name: en.own.signOutAnyway }).click()
  await ivy.nameField.waitFor()
  await until(kept, (n) => n === 0)
})
