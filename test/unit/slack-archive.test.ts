// The zip file of an export, and files that only pretend to be one.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openArchive } from '../../server/import/slack/archive.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import type { NotTaken, Page } from '../../server/import/source.ts'
import { limits } from '../../server/protocol/limits.ts'
import { testFolder } from '../support/folder.ts'
import { sample, writeExport, type ExportFiles } from '../support/slack-export.ts'

const folder = testFolder()
const write = (files: ExportFiles) => writeExport(files, folder)

/** The same archive with some of its bytes replaced by the same number of others, in every place. */
async function harmed(
  target: string,
  from: string,
  to: string,
  encoding: BufferEncoding = 'utf8',
): Promise<string> {
  const bytes = await readFile(target)
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, encoding)
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
  await expect(openArchive(target)).rejects.toThrow('cannot be read as a zip file')
})

test('an archive that unpacks to far more than an export does is refused before anything is unpacked', async () => {
  const target = await write({ ...sample, 'general/2020-02-01.json': ' '.repeat(14 * 1024 * 1024) })
  await expect(openArchive(target)).rejects.toThrow('this is not an export')
})

/** The archive declares another size for one of its files. */
async function misstated(target: string, name: string, bytes: number): Promise<string> {
  const archive = await openArchive(target)
  const says = Buffer.alloc(4)
  says.writeUInt32LE(archive.bytesOf(name))
  archive.close()
  const zip = await readFile(target)
  for (let at = zip.indexOf(says); at >= 0; at = zip.indexOf(says, at + 1)) zip.writeUInt32LE(bytes, at)
  await writeFile(target, zip)
  return target
}

test('a file that unpacks to more than declared is cut off, reported, and the rest is read', async () => {
  const { texts, refused } = await readAll(await misstated(await write(sample), 'random/2020-01-01.json', 20))
  expect(refused.map(({ why }) => why)).toContainEqual(expect.stringContaining('cannot be unpacked'))
  expect(texts).not.toContain('random words')
  expect(texts).toContain('a secret')
})

test.each([
  ['there is no such file', async () => path.join(folder, 'none.zip'), 'there is no such file'],
  ['it is no zip file', async () => writeTo('hello'), 'cannot be read as a zip file'],
  ['it is no export', () => write({ 'readme.txt': 'hello' }), 'it has no channels.json'],
])('with %s, one line says so', async (_what, make, words) => {
  await expect(SlackExport.open(await make(), () => undefined)).rejects.toThrow(words)
})

async function writeTo(text: string): Promise<string> {
  const target = path.join(folder, 'hello.zip')
  await writeFile(target, text)
  return target
}

/** As many programs write it: the names are UTF-8, and no bit says so. */
async function withoutBit11(target: string): Promise<string> {
  const zip = await readFile(target)
  for (const [sign, at] of [
    [0x04034b50, 6],
    [0x02014b50, 8],
  ] as const) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(sign)
    for (let from = zip.indexOf(bytes); from >= 0; from = zip.indexOf(bytes, from + 1))
      zip.writeUInt16LE(zip.readUInt16LE(from + at) & ~0x800, from + at)
  }
  await writeFile(target, zip)
  return target
}

describe('rooms with names beyond ASCII', () => {
  const said = (text: string) => [{ type: 'message', user: 'U1', ts: '1577880005.000000', text }]
  const named = (...names: string[]) => ({
    'users.json': sample['users.json'],
    'channels.json': names.map((name, n) => ({ id: `C${n + 1}`, name, members: [] })),
  })
  const files = (form: 'NFC' | 'NFD'): ExportFiles => ({
    ...named('雑談', 'büro', '잡담', 'がらくた'),
    ...Object.fromEntries(
      ['雑談', 'büro', '잡담', 'がらくた'].map((name) => [
        `${name.normalize(form)}/2020-01-01.json`,
        said(name),
      ]),
    ),
  })
  const all = ['雑談', 'büro', '잡담', 'がらくた']

  test.each(['NFC', 'NFD'] as const)(
    'are found in an archive in %s, whether it says UTF-8 or not',
    async (form) => {
      for (const target of [await write(files(form)), await withoutBit11(await write(files(form)))]) {
        const { texts, refused } = await readAll(target)
        expect(texts).toEqual(all)
        expect(refused).toEqual([])
      }
    },
  )

  test('are found where the list is in the other form, and in an unpacked folder', async () => {
    const list = named(...all.map((name) => name.normalize('NFD')))
    expect((await readAll(await write({ ...files('NFC'), ...list }))).texts).toEqual(all)
    const unpacked = path.join(folder, 'apart')
    for (const [name, content] of Object.entries(files('NFD'))) {
      await mkdir(path.dirname(path.join(unpacked, name)), { recursive: true })
      await writeFile(path.join(unpacked, name), JSON.stringify(content))
    }
    expect((await readAll(unpacked)).texts).toEqual(all)
  })

  test('an old archive keeps its own code page, and no name leads out of it', async () => {
    const target = await withoutBit11(
      await write({ ...named('lobby'), 'lobby/2020-01-01.json': said('hi'), 'ab/x.json': [] }),
    )
    await harmed(target, 'ab/x.json', '\x84b/x.json', 'latin1')
    const archive = await openArchive(target)
    expect(archive.has('äb/x.json')).toBe(true)
    archive.close()
    const bad = await withoutBit11(await write({ ...named('lobby'), 'zz/é.json': [] }))
    await harmed(bad, 'zz/é.json', '../é.json')
    await expect(openArchive(bad)).rejects.toThrow('cannot be read as a zip file')
  })
})

describe('people', () => {
  const person = (id: string, name: string) => ({ id, team_id: 'T9', profile: { display_name: name } })
  async function named(
    files: ExportFiles,
  ): Promise<{ names: string[]; source: string; refused: NotTaken[] }> {
    const refused: NotTaken[] = []
    const source = await SlackExport.open(await write({ 'channels.json': [], ...files }), (one) =>
      refused.push(one),
    )
    await source.rooms()
    source.close()
    return { names: ['U1', 'W2'].map((ref) => source.person(ref).name), source: source.name, refused }
  }

  test('of an Enterprise Grid are in a list of their own, alone or beside the other', async () => {
    const org = { 'org_users.json': [person('U1', 'Ann of the org'), person('W2', '王小明')] }
    expect(await named(org)).toEqual({ names: ['Ann of the org', '王小明'], source: 'slack:T9', refused: [] })
    expect(await named({ ...org, 'users.json': [person('U1', 'Ann')] })).toMatchObject({
      names: ['Ann', '王小明'],
      refused: [],
    })
  })

  test('in no list at all are reported', async () => {
    expect((await named({})).refused).toEqual([
      { place: 'users.json', why: 'the list of people is missing', expected: false },
    ])
  })
})

test('an export that was packed inside a folder is read as well', async () => {
  const within = Object.fromEntries(
    Object.entries(sample).map(([name, content]) => [`Our export/${name}`, content]),
  )
  const [a, b] = [await readAll(await write(within)), await readAll(await write(sample))]
  expect(a).toEqual(b)
  expect(a.texts.length).toBeGreaterThan(5)
})

test('a day that is too large for memory is reported and skipped', async () => {
  const name = 'random/2020-01-02.json'
  // Random bytes cannot be compressed, so the archive as a whole is as large as it says.
  const noise = randomBytes(600 * 1024).toString('base64')
  const target = await write({ ...sample, [name]: noise })
  const { texts, refused } = await readAll(await misstated(target, name, limits.imports.dayBytes + 1))
  expect(texts).toContain('random words')
  const why = `a day with more than ${limits.imports.dayBytes} bytes`
  expect(refused).toContainEqual({ place: name, why, expected: false })
})

test('a folder that no list names is reported', async () => {
  const { refused } = await readAll(await write({ ...sample, 'lost/2020-01-01.json': [] }))
  expect(refused).toContainEqual({
    place: 'lost/',
    why: 'no list contains this room (1 days)',
    expected: false,
  })
})

test('an unpacked folder is read like the zip file', async () => {
  const unpacked = path.join(folder, 'unpacked')
  const files: ExportFiles = {
    'canvases.json': [{ id: 'F9', title: 'Plan' }],
    'integration_logs.json': [],
    ...sample,
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(unpacked, name)), { recursive: true })
    await writeFile(
      path.join(unpacked, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 4),
    )
  }
  await symlink('/etc/passwd', path.join(unpacked, 'general/2020-05-05.json'))
  const [a, b] = [await readAll(unpacked), await readAll(await write(files))]
  const sorted = ({ texts, refused }: typeof a) => [
    texts,
    refused.map(({ place, why }) => `${place}: ${why}`).sort(),
  ]
  expect(sorted(a)).toEqual(sorted(b))
  expect(a.texts.length).toBeGreaterThan(5)
  const tell = (place: string, why: string) => ({ place, why, expected: true })
  expect(a.refused).toContainEqual(tell('canvases.json, line 2 (index 0): Plan', 'canvases are not imported'))
  expect(a.refused).toContainEqual(tell('integration_logs.json', 'files of this kind are not imported'))
  await expect(readAll(folder + '/none')).rejects.toThrow('there is no such file')
})

test('topics and purposes are text, and archived rooms and lost pins are reported', async () => {
  const refused: NotTaken[] = []
  const channels = [
    {
      id: 'C1',
      name: 'general',
      is_archived: true,
      topic: { value: 'See <#C2|old> and <https://x.example|the page> &amp; <@U1>' },
      purpose: { value: 'Talk :tada:' },
      pins: [{ id: '1.0', type: 'C', user: 'U1' }],
    },
    { id: 'C2', name: 'random', topic: { value: '' }, purpose: { value: 'Only this' } },
    { id: 'C3', name: 'long', topic: { value: 'Topic' }, purpose: { value: 'x'.repeat(250) } },
  ]
  const source = await SlackExport.open(await write({ ...sample, 'channels.json': channels }), (one) =>
    refused.push(one),
  )
  const rooms = await source.rooms()
  expect(rooms.map(({ topic }) => topic).slice(0, 3)).toEqual([
    'See #random and the page (https://x.example) & @Ann · Talk 🎉',
    'Only this',
    'Topic',
  ])
  for (const room of rooms)
    for await (const _page of source.pages(room, new AbortController().signal)) continue
  source.close()
  expect(refused.map(({ why }) => why)).toEqual(
    expect.arrayContaining([
      'a room that is archived there is open here',
      'its purpose is not imported: a topic here is shorter',
      'what is pinned is not in the export',
    ]),
  )
})
