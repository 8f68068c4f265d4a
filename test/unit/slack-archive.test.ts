// The zip file of an export, and what only pretends to be one.
import { readFile, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Archive } from '../../server/import/slack/archive.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import type { NotTaken, Page } from '../../server/import/source.ts'
import { limits } from '../../server/protocol/limits.ts'
import { testFolder } from '../support/folder.ts'
import { sample, writeExport, type ExportFiles } from '../support/slack-export.ts'

const folder = testFolder()
const write = (files: ExportFiles) => writeExport(files, folder)

/** The same archive with some bytes of it replaced by as many others, in every place. */
async function harmed(target: string, from: string, to: string): Promise<string> {
  const bytes = await readFile(target)
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at)
  await writeFile(target, bytes)
  return target
}

async function readAll(target: string): Promise<{ texts: string[]; refused: NotTaken[] }> {
  const refused: NotTaken[] = []
  const source = await SlackExport.open(target, (one) => refused.push(one))
  const pages: Page[] = []
  for (const room of await source.rooms())
    for await (const page of source.pages(room, new AbortController().signal)) pages.push(page)
  source.close()
  return { texts: pages.flatMap(({ messages }) => messages.map(({ text }) => text)), refused }
}

test.each([
  ['leads out of the archive', '../users.json'],
  ['is absolute', '/x/users.json'],
  ['has a drive', 'C:/users.json'],
  ['has backslashes', '..\\users.json'],
])('an archive with a path that %s is refused', async (_what, name) => {
  const target = await write({ ...sample, 'xx/users.json': [] })
  await harmed(target, 'xx/users.json', name)
  await expect(Archive.open(target)).rejects.toThrow('cannot be read as a zip file')
})

test('an archive that unpacks to far more than an export does is refused before anything is unpacked', async () => {
  const target = await write({ ...sample, 'general/2020-02-01.json': ' '.repeat(14 * 1024 * 1024) })
  await expect(Archive.open(target)).rejects.toThrow('that is no export')
})

/** The archive says that one of its files has another size than it has. */
async function misstated(target: string, name: string, bytes: number): Promise<string> {
  const archive = await Archive.open(target)
  const says = Buffer.alloc(4)
  says.writeUInt32LE(archive.bytesOf(name))
  archive.close()
  const zip = await readFile(target)
  for (let at = zip.indexOf(says); at >= 0; at = zip.indexOf(says, at + 1)) zip.writeUInt32LE(bytes, at)
  await writeFile(target, zip)
  return target
}

test('a file that unpacks to more than it says is cut off, told, and the rest is read', async () => {
  const { texts, refused } = await readAll(await misstated(await write(sample), 'random/2020-01-01.json', 20))
  expect(refused.map(({ why }) => why)).toContainEqual(expect.stringContaining('cannot be unpacked'))
  expect(texts).not.toContain('random words')
  expect(texts).toContain('a secret')
})

test.each([
  ['there is no such file', async () => path.join(folder, 'none.zip'), 'there is no such file'],
  ['it is no zip file', async () => writeTo('hello'), 'cannot be read as a zip file'],
  ['it is no export', () => write({ 'readme.txt': 'hello' }), 'it has no channels.json'],
])('where %s, one line says so', async (_what, make, words) => {
  await expect(SlackExport.open(await make(), () => undefined)).rejects.toThrow(words)
})

async function writeTo(text: string): Promise<string> {
  const target = path.join(folder, 'hello.zip')
  await writeFile(target, text)
  return target
}

test('an export that somebody packed within a folder is read as well', async () => {
  const within = Object.fromEntries(
    Object.entries(sample).map(([name, content]) => [`Our export/${name}`, content]),
  )
  const [a, b] = [await readAll(await write(within)), await readAll(await write(sample))]
  expect(a).toEqual(b)
  expect(a.texts.length).toBeGreaterThan(5)
})

test('a day that is too large for memory is told and passed over', async () => {
  const name = 'random/2020-01-02.json'
  // What cannot be packed, so that the archive as a whole may be as large as it says.
  const noise = randomBytes(600 * 1024).toString('base64')
  const target = await write({ ...sample, [name]: noise })
  const { texts, refused } = await readAll(await misstated(target, name, limits.imports.dayBytes + 1))
  expect(texts).toContain('random words')
  const why = `a day above ${limits.imports.dayBytes} bytes`
  expect(refused).toContainEqual({ place: name, why, expected: false })
})

test('a folder that no list names is told', async () => {
  const { refused } = await readAll(await write({ ...sample, 'lost/2020-01-01.json': [] }))
  expect(refused).toContainEqual({ place: 'lost/', why: 'no list names this room (1 days)', expected: false })
})
