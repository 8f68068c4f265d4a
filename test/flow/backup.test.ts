// A backup while people talk, and its restore into a fresh Brook: everything is the same. What is damaged, cut, or not ours is
// refused in one line, and nothing is written.
import { cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backUp } from '../../server/backup/back-up.ts'
import { openPlace } from '../../server/backup/place.ts'
import { restore, type RestoredAll } from '../../server/backup/restore.ts'
import { Db } from '../../server/db.ts'
import { numbersOf } from '../../server/log/unarchived.ts'
import { Brook } from '../support/brook.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

const passphrase = 'five words that nobody guesses'
const folder = testFolder()
const place = openPlace(folder)
const name = 'brook.backup'

let brook: Brook
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())

/** Stores with an empty database, as on a new machine. */
async function emptyStores(): Promise<PrivateStores> {
  const stores = await privateStores()
  const admin = new Db({ ...stores.admin, database: 'mysql' }, 1)
  await admin.run('DROP DATABASE brook')
  await admin.run('CREATE DATABASE brook CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
  await admin.close()
  return stores
}

test('try', async () => {
  const room = await ann.makes('garden')
  for (let i = 0; i < 20; i += 1) await ann.acked(ann.says(`word ${i}`))
  await brook.archive()
  for (let i = 0; i < 5; i += 1) await ann.acked(ann.says(`late ${i}`))
  const made = await backUp(brook.config, { place, name, passphrase, filesIn: 'brook.files' })
  console.log(made)
  const stores = await emptyStores()
  const config = { ...brook.config, ...stores.given }
  const all = await restore(config, { place, name, passphrase })
  console.log(all)
  const there = await Brook.start({}, Promise.resolve(stores))
  ann.address = there.servers[0]?.address ?? ''
  console.log(JSON.stringify(await ann.page('limit=200', room.id)).slice(0, 500))
  await there.stop()
})
