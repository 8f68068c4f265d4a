// Migrations on a real MariaDB: each test has its own database and folder of migrations.
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MysqlAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { migrate, notMigrated } from '../../server/migrate.ts'
import { describeSchema } from '../support/schema.ts'
import { migrationsDir, privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let admin: Db
beforeAll(async () => {
  stores = await privateStores()
  admin = new Db(stores.admin, 1)
})
afterAll(async () => {
  await admin.close()
  await stores.stop()
})

let dir: string
let address: MysqlAddress
let db: Db
let databases = 0
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  const database = `fresh${databases++}`
  await admin.run(`CREATE DATABASE ${database}`)
  address = { ...stores.admin, database }
  db = new Db(address, 2)
})
afterEach(async () => {
  await db.close()
  await rm(dir, { recursive: true, force: true })
})

const file = (name: string, sql: string) => writeFile(path.join(dir, name), sql)
const tables = async () => (await db.rows<Record<string, string>>('SHOW TABLES')).flatMap(Object.values)

test('a fresh database gets every file, in the order of their numbers', async () => {
  await file('0002-second.sql', 'ALTER TABLE t ADD COLUMN b INT; -- needs the first')
  await file('0001-first.sql', 'CREATE TABLE t (a INT);')
  await file('schema.sql', 'this is no migration')
  expect(await migrate(db, dir)).toEqual(['0001-first.sql', '0002-second.sql'])
  await db.run('INSERT INTO t (a, b) VALUES (1, 2)')
})

test('an applied file is not applied again; a new one is', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT); INSERT INTO t VALUES (1)')
  await migrate(db, dir)
  expect(await migrate(db, dir)).toEqual([])
  await file('0002-second.sql', 'INSERT INTO t VALUES (2)')
  expect(await migrate(db, dir)).toEqual(['0002-second.sql'])
  expect(await db.rows('SELECT a FROM t')).toEqual([{ a: 1 }, { a: 2 }])
})

test('of processes that start at once, one applies the files and the others find it done', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT); INSERT INTO t VALUES (1)')
  const others = [1, 2, 3, 4].map(() => new Db(address, 1))
  const applied = await Promise.all(others.map((other) => migrate(other, dir)))
  await Promise.all(others.map((other) => other.close()))
  expect(applied.flat()).toEqual(['0001-first.sql'])
  expect(await db.rows('SELECT a FROM t')).toEqual([{ a: 1 }])
})

test('a file that was changed after it was applied is refused, and nothing is done', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await migrate(db, dir)
  await file('0001-first.sql', 'CREATE TABLE t (a BIGINT)')
  await file('0002-second.sql', 'CREATE TABLE u (a INT)')
  await expect(migrate(db, dir)).rejects.toThrow('0001-first.sql was changed after it was applied')
  expect(await tables()).not.toContain('u')
})

test('a database that is newer than this Brook is refused', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await file('0002-second.sql', 'CREATE TABLE u (a INT)')
  await migrate(db, dir)
  await rm(path.join(dir, '0002-second.sql'))
  await expect(migrate(db, dir)).rejects.toThrow('0002-second.sql, which this Brook does not know')
})

test('an older Brook runs on a newer database for as long as each newer migration lets it', async () => {
  const without = (...names: string[]) => Promise.all(names.map((name) => rm(path.join(dir, name))))
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await file('0002-second.sql', 'ALTER TABLE t ADD COLUMN b INT')
  await migrate(db, dir)
  await file('0003-adds.sql', '-- A column.\n-- Oldest: 0002\nALTER TABLE t ADD COLUMN c INT NULL')
  await migrate(db, dir)
  await without('0003-adds.sql')
  expect(await migrate(db, dir)).toEqual([])
  expect(await notMigrated(db, dir)).toEqual([])
  // Not one that is older still, nor any after a migration that takes something away.
  await without('0002-second.sql')
  await expect(migrate(db, dir)).rejects.toThrow(
    /0002-second\.sql, which this Brook does not know.*migration 0002\.$/,
  )
  await file('0002-second.sql', 'ALTER TABLE t ADD COLUMN b INT')
  await file('0003-adds.sql', '-- A column.\n-- Oldest: 0002\nALTER TABLE t ADD COLUMN c INT NULL')
  await file('0004-drops.sql', '-- Oldest: 0003\nALTER TABLE t DROP COLUMN b')
  await migrate(db, dir)
  await without('0004-drops.sql')
  expect(await migrate(db, dir)).toEqual([])
  await without('0003-adds.sql')
  for (const ask of [migrate, notMigrated])
    await expect(ask(db, dir)).rejects.toThrow(
      /0004-drops\.sql, which this Brook does not know.*migration 0003\.$/,
    )
})

test('a database that an earlier Brook migrated learns who may run on it', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await migrate(db, dir)
  await db.run('ALTER TABLE schema_migrations DROP COLUMN oldest')
  expect(await migrate(db, dir)).toEqual([])
  await file('0002-adds.sql', '-- Oldest: 0001\nALTER TABLE t ADD COLUMN b INT NULL')
  expect(await migrate(db, dir)).toEqual(['0002-adds.sql'])
  await rm(path.join(dir, '0002-adds.sql'))
  expect(await migrate(db, dir)).toEqual([])
})

test.each(['2', '0003', 'none'])('a migration that says "Oldest: %s" is refused', async (oldest) => {
  await file('0002-adds.sql', `-- Oldest: ${oldest}\nCREATE TABLE t (a INT)`)
  await expect(migrate(db, dir)).rejects.toThrow('which is no migration before it')
})

test('a new file with a number below an applied one is refused', async () => {
  await file('0002-second.sql', 'CREATE TABLE u (a INT)')
  await migrate(db, dir)
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await expect(migrate(db, dir)).rejects.toThrow('Give it a higher number')
})

test('two files with one number are refused', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await file('0001-other.sql', 'CREATE TABLE u (a INT)')
  await expect(migrate(db, dir)).rejects.toThrow('0001-first.sql and 0001-other.sql have the same number')
})

test('a statement that fails is named, in one line', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT); CREATE TABBLE u (a INT)')
  const error = await migrate(db, dir).catch((thrown: Error) => thrown)
  expect(String(error)).toMatch(/^MigrationError: Migration 0001-first.sql stopped at statement 2: .*TABBLE/)
})

test('a run that was killed continues where it stopped, even if its last statement was not recorded', async () => {
  await file('0001-first.sql', 'CREATE TABLE t (a INT); CREATE TABLE u (a INT); CREATE TABLE v (a INT)')
  await migrate(db, dir)
  // As after a kill between the second statement and its record.
  await db.run('DROP TABLE v')
  await db.run('UPDATE schema_migrations SET done = 1, applied_at = NULL')
  expect(await migrate(db, dir)).toEqual(['0001-first.sql'])
  expect(await tables()).toEqual(['locks', 'schema_migrations', 't', 'u', 'v'])
})

test('a table that existed before its migration ever ran is an error, not taken for done', async () => {
  await db.run('CREATE TABLE t (other TEXT)')
  await file('0001-first.sql', 'CREATE TABLE t (a INT)')
  await expect(migrate(db, dir)).rejects.toThrow("Table 't' already exists")
})

test('migrations/schema.sql shows the tables as the migrations leave them', async () => {
  await migrate(db, migrationsDir)
  await expect(await describeSchema(db)).toMatchFileSnapshot('../../migrations/schema.sql')
})

test.each([
  ['people', 0, ['open']],
  ['nobody but the bot', 1, []],
])(
  'a Brook that had %s before one could close it: nobody is made its owner by an older process',
  async (_who, isBot, opened) => {
    const files = (await readdir(migrationsDir)).filter((name) => name < '0029' || name === 'schema.sql')
    for (const name of files) await copyFile(path.join(migrationsDir, name), path.join(dir, name))
    await migrate(db, dir)
    const columns = 'INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)'
    await db.run(columns, [['Ann', 'ann', isBot, new Date()]])
    expect(await db.rows('SELECT user_id FROM founder')).toEqual([{ user_id: null }])
    await migrate(db, migrationsDir)
    const rows = await db.rows<{ sign_up: string }>('SELECT sign_up FROM workspace')
    expect(rows.map(({ sign_up: signUp }) => signUp)).toEqual(opened)
    expect(await db.rows('SELECT user_id FROM founder')).toEqual([{ user_id: 0 }])
  },
)
