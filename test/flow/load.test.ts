// Many rows at once are inserted by LOAD DATA LOCAL, which only counts what it changes or drops: if it counts anything,
// INSERT is used.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { writeEntries } from '../../server/history/sync/archive.ts'
import type { Entry } from '../../server/log/entry.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { message } from '../support/entries.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let db: Db
beforeAll(async () => {
  stores = await privateStores()
  db = new Db(stores.mysql, 2)
})
afterAll(async () => {
  await db.close()
  await stores.stop()
})

const spoken = (room: string, seq: number, text: string): Entry => {
  const cid = newCid()
  const entry = message(seq, { room, text })
  return { ...entry, cid, event: { ...entry.event, cid } as typeof entry.event }
}
const many = (room: string, text = (i: number) => `words ${i}`): Entry[] =>
  Array.from({ length: 120 }, (_, i) => spoken(room, i + 1, text(i)))
const write = (entries: Entry[], to = db): Promise<unknown> =>
  to.transaction((tx) => writeEntries(tx, entries))
const texts = async (room: string): Promise<string[]> => {
  const rows = await db.rows<{ text: string }>('SELECT text FROM messages WHERE room_id = ? ORDER BY seq', [
    room,
  ])
  return rows.map(({ text }) => text)
}
/** Rows inserted by LOAD DATA, by MariaDB's own count. */
const loads = async (): Promise<number> => {
  const [row] = await db.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Com_load'")
  return Number(row?.Value)
}

test('every character is stored as it was sent', async () => {
  const odd = ['\\', '\\N', 'a\tb', 'one\ntwo\r\n', '\0', '\'"`', 'NULL', '', ' ', '你好 👋🏽', '\\t', '\x1a']
  const before = await loads()
  await write(many('101', (i) => odd[i % odd.length] ?? ''))
  expect(await loads()).toBe(before + 1)
  expect(await texts('101')).toEqual(Array.from({ length: 120 }, (_, i) => odd[i % odd.length]))
})

test('rows of which some already exist are stored once', async () => {
  const entries = many('102')
  await write(entries.slice(0, 60))
  await write(entries)
  expect(await texts('102')).toEqual(entries.map((_, i) => `words ${i}`))
})

test('a row that MySQL refuses keeps all the others out, and its error names it', async () => {
  const entries = many('103')
  entries[70] = spoken('103', 71, 'x'.repeat(70_000))
  await expect(write(entries)).rejects.toMatchObject({ errno: 1406 })
  expect(await texts('103')).toEqual([])
})

test('a number that MySQL has for another message is refused', async () => {
  const entries = many('104')
  await write(entries.slice(0, 1))
  await expect(write([spoken('104', 1, 'another'), ...entries.slice(1)])).rejects.toMatchObject({
    errno: 1048,
  })
  expect(await texts('104')).toEqual(['words 0'])
})

test('a server that does not allow it gets its rows all the same', async () => {
  const admin = new Db(stores.admin, 1)
  await admin.run('SET GLOBAL local_infile = 0')
  const strict = new Db(stores.mysql, 1)
  try {
    await write(many('105'), strict)
    expect(await texts('105')).toHaveLength(120)
  } finally {
    await admin.run('SET GLOBAL local_infile = 1')
    await admin.close()
    await strict.close()
  }
})
