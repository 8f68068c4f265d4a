// What MySQL refuses may be logged: no statement and no value of it goes along.
import { inspect } from 'node:util'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDuplicate } from '../../server/db.ts'
import { Brook } from '../support/brook.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

const secret = "s'ecret-of-Ann"
const refused: [what: string, sql: string, ...values: (string | Buffer)[]][] = [
  ['a duplicate', 'INSERT INTO server_keys (name, value) VALUES (?, ?)', secret, Buffer.from(secret)],
  ['a value of another type', 'INSERT INTO pins (room_id, target, is_on) VALUES (?, 1, 1)', secret],
  ['a value that is too long', 'INSERT INTO server_keys (name, value) VALUES (?, ?)', secret.repeat(9), ''],
  ['a statement with an error', `SELECT '${secret.replace("'", '')}' FROMM users`],
  ['a table that is not there', 'SELECT * FROM nothing WHERE name = ?', secret],
]

test.each(refused)('%s is told without what it said', async (_what, sql, ...values) => {
  await brook.db.run('REPLACE INTO server_keys (name, value) VALUES (?, ?)', [secret, 'kept'])
  const error: unknown = await brook.db.run(sql, values).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  const lines: string[] = []
  pino({}, { write: (line: string) => lines.push(line) }).warn({ err: error }, 'writing')
  for (const told of [inspect(error), JSON.stringify(error), lines.join(), String((error as Error).stack)]) {
    expect(told).not.toContain('ecret-of-Ann')
    expect(told).not.toContain('FROMM users')
  }
})

test('what the code asks of an error is still there', async () => {
  const insert = () => brook.db.run('INSERT INTO server_keys (name, value) VALUES (?, ?)', ['twice', ''])
  await insert()
  const error: unknown = await insert().catch((thrown: unknown) => thrown)
  expect(isDuplicate(error)).toBe(true)
  expect((error as Error).message).toBe("Duplicate entry '…' for key 'PRIMARY'")
})

test('of transactions that lock the same rows in another order, each is done in the end', async () => {
  const names = ['first', 'second']
  for (const name of names)
    await brook.db.run('REPLACE INTO server_keys (name, value) VALUES (?, ?)', [name, '0'])
  let waiting = 0
  let meet: () => void = () => undefined
  const met = new Promise<void>((resolve) => (meet = resolve))
  const locks = async (order: readonly string[]): Promise<void> =>
    brook.db.transaction(async (tx) => {
      const lock = 'UPDATE server_keys SET value = value + 1 WHERE name = ?'
      await tx.run(lock, [order[0] ?? ''])
      if ((waiting += 1) === 2) meet()
      await met
      await tx.run(lock, [order[1] ?? ''])
    })
  await Promise.all([locks(names), locks(names.toReversed())])
  const rows = await brook.db.rows<{ value: Buffer }>('SELECT value FROM server_keys WHERE name IN (?)', [
    names,
  ])
  expect(rows.map(({ value }) => String(value))).toEqual(['2', '2'])
})
