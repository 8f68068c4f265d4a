// What needs no store of backups: which stay, what is missing, how they stand, and that their lines come back as they went.
import fc from 'fast-check'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { keyOf } from '../../server/backup/crypt.ts'
import { formatNumber, pack, unpack, type End, type Head, type Line } from '../../server/backup/format.ts'
import { keepRule, keptTimes, nameAt, timeOfName } from '../../server/backup/keep-rule.ts'
import { missingLines, missingNumbers } from '../../server/backup/missing.ts'
import { readPassphrase } from '../../server/backup/passphrase.ts'
import { placeAndName } from '../../server/backup/place.ts'
import { readConfig } from '../../server/config.ts'
import type { BackupReport, BackupState } from '../../server/protocol/backups.ts'
import { standingOf } from '../../web/admin/backups/standing.ts'
import { testFolder } from '../support/folder.ts'

const day = 86_400_000
const folder = testFolder()

test('the newest stays, of each period at most one more than the rule counts, and what went never comes back', () => {
  const nights = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 400 })
  fc.assert(
    fc.property(nights, fc.integer({ min: 0, max: day - 1 }), (days, offset) => {
      const times = days.map((one) => one * day + offset)
      const kept = keptTimes(times)
      expect(kept.has(Math.max(...times))).toBe(true)
      expect(kept.size).toBeLessThanOrEqual(keepRule.days + keepRule.weeks + keepRule.months)
      for (const at of kept) expect(times).toContain(at)
      // What is kept is kept again: no second run removes more.
      expect(keptTimes([...kept])).toEqual(kept)
      // The seven newest days that have one all stay.
      const newest = [...new Set(times)].sort((a, b) => b - a).slice(0, keepRule.days)
      for (const at of newest) expect(kept.has(at)).toBe(true)
    }),
  )
})

test('night after night for three years: seven days, four weeks and twelve months are there, and none is older than needed', () => {
  let there: number[] = []
  const start = Date.UTC(2026, 0, 1, 3, 30)
  for (let night = 0; night < 3 * 365; night += 1) {
    const now = start + night * day
    there = [...keptTimes([...there, now])]
  }
  const end = start + (3 * 365 - 1) * day
  for (let back = 0; back < 7; back += 1) expect(there).toContain(end - back * day)
  const months = new Set(there.map((at) => new Date(at).toISOString().slice(0, 7)))
  expect(months.size).toBeGreaterThanOrEqual(12)
  expect(Math.min(...there)).toBeGreaterThan(end - 366 * day)
  expect(there.length).toBeLessThanOrEqual(23)
})

test('a name says when, and only ours do', () => {
  const at = Date.UTC(2026, 11, 1, 3, 30, 5)
  expect(nameAt(at)).toBe('brook-20261201T033005Z.backup')
  expect(timeOfName(nameAt(at))).toBe(at)
  for (const other of ['brook.files', 'brook-2026.backup', 'brook-20261201T033005Z.backup.half'])
    expect(timeOfName(other)).toBeUndefined()
})

test('what a Redis has given beyond a backup is named by rooms', () => {
  const missing = missingNumbers(
    new Map([
      ['1', 10],
      ['2', 5],
    ]),
    new Map([
      ['1', 12],
      ['2', 5],
      ['3', 1],
    ]),
  )
  expect(missing).toEqual([
    { room: '1', from: 11, to: 12 },
    { room: '3', from: 1, to: 1 },
  ])
  expect(missingLines(missing, (room) => (room === '1' ? 'garden' : undefined))).toEqual([
    'Acknowledged after the backup and not in it: 3 entries in 2 rooms.',
    '  room 1 (garden): numbers 11 to 12',
    '  room 3: number 1',
  ])
  expect(missingLines([], () => undefined)).toEqual([])
})

const report = (state: BackupState, at: number): BackupReport => ({
  id: String(at),
  name: '',
  at,
  endedAt: null,
  state,
  why: null,
  bytes: null,
  rooms: null,
  rows: null,
  files: null,
  rehearsedMs: null,
  removed: false,
})

test('how they stand: by the last one that has ended, and by its age', () => {
  const is = (at: number, ...backups: BackupReport[]): string => standingOf({ at, backups }).is
  expect(is(day)).toBe('none')
  expect(is(day, report('running', day))).toBe('none')
  expect(is(day, report('good', day))).toBe('good')
  expect(is(day, report('running', day), report('unrehearsed', day))).toBe('unrehearsed')
  expect(is(3 * day, report('good', day))).toBe('late')
  expect(is(2 * day, report('failed', 2 * day), report('good', day))).toBe('bad')
  expect(standingOf({ at: day, backups: [report('interrupted', 2), report('good', 1)] }).good?.at).toBe(1)
})

test('a passphrase that is short, or whose file is not there, is refused in a line', async () => {
  const file = path.join(folder, 'passphrase')
  await writeFile(file, 'the first line counts\nand no other\n')
  expect(readPassphrase({ BACKUP_PASSPHRASE_FILE: file })).toBe('the first line counts')
  expect(readPassphrase({})).toBeUndefined()
  expect(() => readPassphrase({ BACKUP_PASSPHRASE: 'short' })).toThrow(/fewer than 16 characters/)
  expect(() => readPassphrase({}, '/nowhere')).toThrow(/cannot be read/)
})

test('by the clock only with a passphrase, at half past three unless it is told otherwise', () => {
  const BACKUP_PASSPHRASE = 'some words, many enough'
  expect(readConfig({ BACKUP_TO: '/nights', BACKUP_PASSPHRASE }).backup).toEqual({
    to: '/nights',
    label: '/nights',
    cron: '0 30 3 * * *',
    passphrase: BACKUP_PASSPHRASE,
  })
  expect(readConfig({ BACKUP_PASSPHRASE }).backup).toBeUndefined()
  expect(() => readConfig({ BACKUP_TO: '/nights' })).toThrow(/^BACKUP_TO needs a passphrase/)
  expect(() => readConfig({ BACKUP_TO: 's3://bucket', BACKUP_PASSPHRASE })).toThrow(/^BACKUP_TO: /)
})

test('a file, or one in a bucket; the key is never shown', () => {
  expect(placeAndName('/a/b/brook.backup')).toMatchObject({ name: 'brook.backup', place: { label: '/a/b' } })
  const { name, place } = placeAndName('s3://key:secret@127.0.0.1:9/bucket/old/brook.backup?region=x')
  expect([name, place.label]).toEqual(['brook.backup', 's3://127.0.0.1:9/bucket/old/'])
  place.close()
  expect(() => placeAndName('/')).toThrow(/Which file/)
})

const head: Head = {
  brook: 'backup',
  format: formatNumber,
  id: 'one',
  version: '1',
  at: 0,
  installation: 'i',
  shards: 1,
  schema: [],
  filesIn: 'f',
  filesKey: '',
}
const end: End = { section: 'end', rows: {}, entries: 0, files: 0, fileBytes: 0, rooms: [] }
const secret = { passphrase: 'some words, many enough', isRandom: true } as const

/** The lines of a file, by its bytes. */
async function* linesOf(bytes: Buffer): AsyncGenerator<Line> {
  const open = (): Promise<Readable> => Promise.resolve(Readable.from([bytes]))
  yield* unpack(open, await keyOf(await open(), secret, 'it'), 'it')
}

async function written(lines: Iterable<string>): Promise<string> {
  const file = path.join(folder, 'lines')
  await pack(Readable.from(lines), secret, createWriteStream(file))
  return file
}

test('lines of any text come back as they went', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 50 }),
      async (texts) => {
        const rows = texts.map((text) => JSON.stringify([text, null]))
        const file = await written([JSON.stringify(head), ...rows, JSON.stringify(end)])
        const bytes = await readFile(file)
        const read: Line[] = []
        for await (const line of linesOf(bytes)) read.push(line)
        expect(read).toEqual([{ head }, ...rows.map((row) => ({ row })), { end }])
      },
    ),
    { numRuns: 5 },
  )
})

test('what fails while it is written fails it; without its end it is not whole; another form is named', async () => {
  async function* failing(): AsyncGenerator<string> {
    yield JSON.stringify(head)
    throw new Error('MySQL is away')
  }
  const file = path.join(folder, 'failing')
  await expect(pack(failing(), secret, createWriteStream(file))).rejects.toThrow('MySQL is away')
  const readAll = async (bytes: Buffer): Promise<void> => {
    for await (const _ of linesOf(bytes));
  }
  const endless = await readFile(await written([JSON.stringify(head)]))
  await expect(readAll(endless)).rejects.toThrow(/damaged or cut off/)
  const later = await readFile(await written([JSON.stringify({ ...head, format: 9, version: '7.0' })]))
  await expect(readAll(later)).rejects.toThrow(/^it was written by Brook 7\.0 in form 9/)
})
