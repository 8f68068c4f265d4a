// Everything of one person as a file: from the server for themselves, and at the command line for anybody.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { testFolder } from '../support/folder.ts'

const password = 'violet anchors drift north'
const many = limits.page.max + 7

const folder = testFolder()
let brook: Brook
let line: CommandLine
let ann: Person
let room: string
beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  ann = await brook.enter('Ann')
  const bob = await brook.enter('Bob')
  await ann.ask('PUT', '/api/session/password', { password })
  room = (await brook.meet(ann, bob)).id
  const cids = Array.from({ length: many }, (_, n) => ann.says(`words ${n}`))
  for (const cid of cids) await ann.acked(cid)
  await bob.says('not hers')
  const { seq } = await bob.hears('words 3')
  for (const text of ['words 3, better', 'words 3, at last'])
    await ann.ask('PATCH', `/api/rooms/${room}/messages/${seq}`, { cid: newCid(), text })
  const gone = await bob.hears('words 4')
  await ann.ask('DELETE', `/api/rooms/${room}/messages/${gone.seq}`, { cid: newCid() })
  const other = await bob.hears('not hers')
  await ann.ask('PUT', `/api/saved/${room}/${other.seq}`)
  await ann.ask('POST', '/api/scheduled', {
    cid: newCid(),
    room,
    text: 'not yet',
    at: Date.now() + 3_600_000,
  })
  await ann.ask('PUT', `/api/blocks/${bob.user.id}`)
  await ann.ask('POST', '/api/me/sections', { name: 'Projects' })
  await ann.ask('PATCH', '/api/me', { name: 'Anna', password })
  await brook.archive()
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

type Line = Record<string, unknown> & { kind: string }
const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as Line)

function expectWhole(lines: readonly Line[]): void {
  const of = (kind: string) => lines.filter((one) => one.kind === kind)
  expect(lines[0]).toMatchObject({ kind: 'export', version: 1 })
  expect(lines.at(-1)).toEqual({ kind: 'end', messages: many - 1 })
  expect(of('person')).toMatchObject([{ id: ann.user.id, name: 'Anna', guest: false, twoStep: false }])
  expect(of('formerName')).toMatchObject([{ name: 'Ann' }])
  expect(of('session')).toHaveLength(1)
  expect(of('membership')).toContainEqual(
    expect.objectContaining({ role: 'owner', room: expect.objectContaining({ id: room }) }),
  )
  expect(of('saved')).toMatchObject([{ room }])
  expect(of('scheduled')).toMatchObject([{ room, text: 'not yet', refusal: null }])
  expect(of('block')).toMatchObject([{ person: { name: expect.any(String) } }])
  expect(of('section')).toMatchObject([{ name: 'Projects', rooms: [] }])
  const messages = of('message')
  expect(messages).toHaveLength(many - 1)
  const texts = new Set(messages.map(({ text }) => text))
  expect([texts.size, texts.has('not hers'), texts.has('words 4')]).toEqual([many - 1, false, false])
  const edited = messages.find(({ text }) => text === 'words 3, at last')
  expect((edited?.['revisions'] as { text: string }[]).map(({ text }) => text)).toEqual([
    'words 3',
    'words 3, better',
    'words 3, at last',
  ])
}

test('a person downloads all that is theirs, and nothing of others', async () => {
  const answer = await fetch(`${ann.address}/api/me/export`, { headers: { cookie: ann.cookie } })
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
    200,
    'attachment; filename="brook-account.ndjson"',
  ])
  expectWhole(linesOf(await answer.text()))
})

test('the command line writes the same, also by a former name, and gives somebody another name', async () => {
  const file = path.join(folder, 'ann.ndjson')
  const written = await line.type('admin', 'export-person', 'Ann', '--out', file)
  expect(written.printed).toEqual([`Written to ${file}`])
  expectWhole(linesOf(await readFile(file, 'utf8')))
  const renamed = await line.type('admin', 'rename', 'Bob', 'Robert', '--reason', 'Please')
  expect(renamed.printed).toEqual(['Bob is now Robert.'])
  const refused = await line.type('admin', 'rename', 'Ann', 'Rоbert')
  expect([refused.code, refused.said.join(' ')]).toEqual([2, expect.stringContaining('reserved')])
  const nobody = await line.type('admin', 'export-person', 'Nobody')
  expect(nobody.said.join(' ')).toContain('nobody with the name')
})
