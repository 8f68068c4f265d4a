// Exports with their files: of a room, by a member and at the command line, and of everything of oneself. What is in the zip is
// what a member may read at that moment.
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle, bundledName } from '../../server/export/bundle.ts'
import { openArchive } from '../../server/import/slack/archive.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import { privateStores } from '../support/stores.ts'
import { uploads } from '../support/uploads.ts'

const folder = testFolder()
let brook: Brook
let line: CommandLine
let ann: Person
let bob: Person
let room: string
const bytes = { plan: randomBytes(300_000), notes: Buffer.from('the notes\n'), gone: Buffer.from('gone') }
const sent: Record<keyof typeof bytes, FileRef> = {} as never
beforeAll(async () => {
  const stores = await privateStores()
  // The command line finds the files where it finds the stores.
  brook = await Brook.start({ dataDir: stores.folder }, Promise.resolve(stores))
  line = await commandLine(brook.stores)
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
  room = (await brook.meet(ann, bob)).id
  const posts = async (who: Person, files: string[], words = '') =>
    who.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, { cid: newCid(), text: words, files })
  sent.plan = await uploads(ann, bytes.plan, { name: 'план & plan.bin' })
  sent.notes = await uploads(bob, bytes.notes, { name: 'notes.txt' })
  sent.gone = await uploads(ann, bytes.gone, { name: 'gone.txt' })
  await posts(ann, [sent.plan.id], 'the plan')
  await posts(bob, [sent.notes.id])
  const { body } = await posts(ann, [sent.gone.id])
  await uploads(ann, Buffer.from('never sent'), { name: 'draft.txt' })
  await ann.ask('DELETE', `/api/rooms/${room}/messages/${body.seq}`, { cid: newCid() })
  await brook.archive()
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

/** The files of a zip, by name. */
async function unzipped(zip: Buffer | string): Promise<Map<string, Buffer>> {
  const file = typeof zip === 'string' ? zip : path.join(folder, newCid())
  if (typeof zip !== 'string') await pipeline(Readable.from([zip]), createWriteStream(file))
  const archive = await openArchive(file)
  try {
    const found = new Map<string, Buffer>()
    for (const { name } of archive.files()) found.set(name, await buffer(await archive.read(name)))
    return found
  } finally {
    archive.close()
  }
}
const downloads = async (who: Person, address: string) => {
  const answer = await fetch(who.address + address, { headers: { cookie: who.cookie } })
  return { answer, zip: Buffer.from(await answer.arrayBuffer()) }
}

test('a room with its files is a zip: the text, and beside it what a member may read', async () => {
  const { answer, zip } = await downloads(bob, `/api/rooms/${room}/export?format=jsonl&files=1`)
  expect(answer.headers.get('content-type')).toBe('application/zip')
  expect(answer.headers.get('content-disposition')).toContain(`filename="room-${room}.zip"`)
  const found = await unzipped(zip)
  expect([...found.keys()]).toEqual([
    `room-${room}.jsonl`,
    `files/${sent.plan.id}-план & plan.bin`,
    `files/${sent.notes.id}-notes.txt`,
  ])
  expect(found.get(bundledName(sent.plan))?.equals(bytes.plan)).toBe(true)
  expect(found.get(bundledName(sent.notes))).toEqual(bytes.notes)
  const lines = String(found.get(`room-${room}.jsonl`))
    .trim()
    .split('\n')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'end', complete: true })
  expect(lines.join('\n')).toContain(JSON.stringify(sent.plan.id))
})

test('Markdown and HTML link to the files beside them, and name them where there are none', async () => {
  for (const format of ['md', 'html']) {
    const { zip } = await downloads(ann, `/api/rooms/${room}/export?format=${format}&files=1`)
    const found = await unzipped(zip)
    const words = String(found.get(`room-${room}.${format}`))
    const links = [...words.matchAll(/(?:href="|\(<)(files\/[^">]+)/g)].map((match) => match[1] ?? '')
    expect(links.map(decodeURIComponent)).toEqual([bundledName(sent.plan), bundledName(sent.notes)])
    for (const link of links) expect(found.has(decodeURIComponent(link))).toBe(true)
    const { zip: alone } = await downloads(ann, `/api/rooms/${room}/export?format=${format}`)
    expect(String(alone)).toContain('notes.txt')
    expect(String(alone)).not.toContain('files/')
  }
})

test('the command line writes the same zip', async () => {
  const out = path.join(folder, 'room.zip')
  const typed = await line.type('export', `id:${room}`, '--format', 'jsonl', '--files', '--out', out)
  expect(typed.code, typed.said.join('\n')).toBe(0)
  const found = await unzipped(out)
  expect([...found.keys()]).toEqual([`room-${room}.jsonl`, bundledName(sent.plan), bundledName(sent.notes)])
  expect(found.get(bundledName(sent.plan))?.equals(bytes.plan)).toBe(true)
})

test('everything of oneself may have the files that one has sent', async () => {
  const { zip } = await downloads(ann, '/api/me/export?files=1')
  const found = await unzipped(zip)
  expect([...found.keys()]).toEqual(['brook-account.ndjson', bundledName(sent.plan)])
  const lines = String(found.get('brook-account.ndjson')).trim().split('\n')
  const files = lines
    .map((one) => JSON.parse(one) as { kind: string; name?: string })
    .filter(({ kind }) => kind === 'file')
  expect(files.map(({ name }) => name)).toEqual(['план & plan.bin'])
  const { zip: alone } = await downloads(ann, '/api/me/export')
  expect(String(alone)).toContain('"kind":"end"')
})

test('the command line writes everything of somebody with what they have sent', async () => {
  const out = path.join(folder, 'ann.zip')
  const typed = await line.type('admin', 'export-person', 'Ann', '--files', '--out', out)
  expect(typed.printed, typed.said.join('\n')).toEqual([`Written to ${out}`])
  const found = await unzipped(out)
  expect([...found.keys()]).toEqual(['brook-account.ndjson', bundledName(sent.plan)])
  expect(found.get(bundledName(sent.plan))?.equals(bytes.plan)).toBe(true)
  expect(String(found.get('brook-account.ndjson'))).toContain('"kind":"end"')
})

test('a zip whose file breaks off is no whole zip; one whose reader leaves lets go of the file', async () => {
  const broken = Readable.from(
    (async function* () {
      yield 'half'
      throw new Error('the disk is gone')
    })(),
  )
  const of = (bytesOf: Readable) =>
    bundle({
      name: 'a.md',
      text: Readable.from(['words']),
      files: () => [{ id: '1', name: 'a', size: 8 }],
      open: async () => bytesOf,
    })
  await expect(text(of(broken))).rejects.toThrow('the disk is gone')
  const endless = new Readable({
    read() {
      this.push(randomBytes(64_000))
    },
  })
  for await (const _ of of(endless)) if (endless.readableDidRead) break
  expect(endless.destroyed).toBe(true)
})

test('a name in the zip is one that every system takes', () => {
  const name = (one: string) => bundledName({ id: '7', name: one })
  expect(name('a/b\\c:d?.txt')).toBe('files/7-a_b_c_d_.txt')
  expect(Buffer.byteLength(name(`${'字'.repeat(200)}.pdf`))).toBeLessThan(220)
  expect(name(`${'字'.repeat(200)}.pdf`)).toMatch(/\.pdf$/)
})
