// The embedded stores, as far as they need no store: finding the programs, the lock, the socket's path, a failed start.
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { whereFull } from '../../server/stores/disk.ts'
import { Child, type Recipe } from '../../server/stores/child.ts'
import { isHeld, takeLock } from '../../server/stores/lock.ts'
import { openStores } from '../../server/stores/open.ts'
import { findMariadb, findRedis, StoreError, systemShelf } from '../../server/stores/programs.ts'
import { passwords } from '../../server/stores/running.ts'
import { socketFolder } from '../../server/stores/socket-path.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function program(name: string, says: string) {
  await writeFile(path.join(folder, name), `#!/bin/sh\n${says}\n`)
  await chmod(path.join(folder, name), 0o755)
}

const shelf = () => ({ folders: [folder], env: process.env })

test('a program that does not exist is not found; one that is new enough is', async () => {
  expect(await findRedis(shelf())).toBeUndefined()
  await program('redis-server', 'echo "Redis server v=7.0.15 sha=0"')
  expect((await findRedis(shelf()))?.server).toBe(path.join(folder, 'redis-server'))
})

test('a Redis or a MariaDB that is too old is refused, with what to do', async () => {
  await program('redis-server', 'echo "Redis server v=6.0.16 sha=0"')
  await expect(findRedis(shelf())).rejects.toThrow('version 6.0; Brook needs 6.2 or later. Install')
  await program('mariadbd', 'echo "mariadbd  Ver 10.5.26-MariaDB for debian-linux-gnu"')
  await program('mariadb-install-db', '')
  await program('my_print_defaults', '')
  await expect(findMariadb(shelf())).rejects.toThrow('version 10.5; Brook needs 10.6 or later. Install')
})

test("Oracle's mysqld is not mistaken for a MariaDB", async () => {
  await program('mariadb-install-db', '')
  await program('my_print_defaults', '')
  await program('mysqld', 'echo "mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)"')
  expect(await findMariadb(shelf())).toBeUndefined()
  await program('mysqld', 'echo "mysqld  Ver 10.11.6-MariaDB for Linux"')
  expect((await findMariadb(shelf()))?.server).toBe(path.join(folder, 'mysqld'))
})

test('STORES_PATH hides the programs of the system', () => {
  expect(systemShelf({ PATH: '/usr/bin', STORES_PATH: folder }).folders).toEqual([folder])
  expect(systemShelf({ PATH: '/usr/bin' }).folders).toContain('/usr/sbin')
})

test('a socket path within the limit is in the data folder, a longer one in a private folder', async () => {
  expect(await socketFolder(folder)).toBe(path.join(folder, 'run'))
  const long = path.join(folder, 'x'.repeat(120))
  const moved = await socketFolder(long)
  expect(Buffer.byteLength(path.join(moved, 'mariadb.sock'))).toBeLessThan(107)
  expect((await stat(moved)).mode & 0o777).toBe(0o700)
  expect(await socketFolder(long)).toBe(moved)
  expect(await socketFolder(`${long}y`)).not.toBe(moved)
  await rm(moved, { recursive: true })
  await rm(await socketFolder(`${long}y`), { recursive: true })
})

test.each([
  ['data', 'that is a file'],
  ['data/below/it', 'a part of that path is a file'],
  ['link', 'that cannot be made, or is a link to nothing'],
])('a data folder that cannot be one is refused in a line: %s', async (name, why) => {
  await writeFile(path.join(folder, 'data'), '')
  await symlink(path.join(folder, 'nothing/at/all'), path.join(folder, 'link'))
  const dataDir = path.join(folder, name)
  const opening = openStores({ dataDir, redis: undefined, mysql: undefined }, () => undefined, {
    verb: 'brook start',
    alone: true,
  })
  await expect(opening).rejects.toThrow(new StoreError(`DATA_DIR is ${dataDir}, but ${why}.`))
})

test('a data folder has one holder, which is named to the others, until it lets go', async () => {
  const first = await takeLock(folder, 'brook start')
  const second = await takeLock(folder, 'brook history')
  expect(second).toMatchObject({ pid: process.pid, verb: 'brook start' })
  if (isHeld(first)) throw new Error('the first did not get the lock')
  await first.release()
  expect(isHeld(await takeLock(folder, 'brook history'))).toBe(false)
})

describe('the lock of a dead process', () => {
  // A living pid with another start time: the number was assigned to another process.
  const dead = { pid: process.pid, verb: 'brook start', born: 'before' }
  const file = () => path.join(folder, 'brook.lock')
  const takers = async (count: number) => {
    const results = await Promise.all(Array.from({ length: count }, (_, n) => takeLock(folder, `verb ${n}`)))
    return results.flatMap((result) => (isHeld(result) ? [] : [result]))
  }

  test('is taken over by one of many that find it', async () => {
    for (let round = 0; round < 50; round += 1) {
      await writeFile(file(), JSON.stringify(dead))
      const taken = await takers(8)
      expect(taken).toHaveLength(1)
      expect(await readdir(folder)).toEqual(['brook.lock'])
      await taken[0]?.release()
    }
  })

  test('is taken over where one died while it did so', async () => {
    await writeFile(file(), JSON.stringify(dead))
    const hash = createHash('sha256').update(`${dead.pid} ${dead.born}`).digest('hex').slice(0, 16)
    await writeFile(`${file()}.after.${hash}`, JSON.stringify({ ...dead, born: 'also before' }))
    expect(await takers(8)).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['brook.lock'])
  })

  test.each(['', '{"pid":', 'null'])('is that of nobody when it reads %j', async (text) => {
    await writeFile(file(), text)
    expect(await takers(2)).toHaveLength(1)
  })
})

test('passwords that cannot be read are made anew, and then stay', async () => {
  await writeFile(path.join(folder, 'passwords.json'), '')
  const made = await passwords(folder)
  expect(made.redis).toMatch(/^[0-9a-f]{48}$/)
  expect(await passwords(folder)).toEqual(made)
})

const recipe = (script: string): Recipe => ({
  name: 'Redis',
  command: 'sh',
  args: ['-c', script],
  env: process.env,
  logFile: path.join(folder, 'log'),
  pidFile: path.join(folder, 'pid'),
  mark: script,
  ask: () => Promise.reject(new Error('no answer')),
})

test('a child that ends at once fails with the last line of its log', async () => {
  await writeFile(path.join(folder, 'log'), 'of an earlier run\n')
  const start = Child.start(recipe('echo first; echo "the port is taken"; exit 3'), 10_000)
  await expect(start).rejects.toThrow(
    'Redis exited during the start (exit code 3). Its log says: the port is taken',
  )
})

test('a full disk is said, which the log of a store may have no room for', () => {
  expect(whereFull('/data/redis/redis.log', 0)).toBe(' The disk with /data/redis is full.')
  expect(whereFull('/data/redis/redis.log', 1e9)).toBe('')
  expect(whereFull('/nowhere/redis.log')).toBe('')
})

test('a child that never answers fails at the deadline and is ended', async () => {
  const start = Child.start(recipe('echo "still thinking"; exec sleep 60'), 200)
  await expect(start).rejects.toThrow('Redis did not answer within 0.2 s (no answer). Its log says: still')
  await expect(stat(path.join(folder, 'pid'))).rejects.toThrow('ENOENT')
})

test('a program that cannot be run is named', async () => {
  const start = Child.start({ ...recipe(''), command: path.join(folder, 'nothing') }, 1_000)
  await expect(start).rejects.toThrow(/Redis cannot be started: .*nothing ENOENT/)
})
