// Facts of the installation, a name and a value each: SQL of `installation`.
import type { Queryable } from './db.ts'

export async function factOf(db: Queryable, name: string): Promise<string | undefined> {
  const [row] = await db.rows<{ value: string }>('SELECT value FROM installation WHERE name = ?', [name])
  return row?.value
}

export async function setFact(db: Queryable, name: string, value: string): Promise<void> {
  await db.run(
    'INSERT INTO installation (name, value) VALUES (?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
    [[name, value]],
  )
}

/**
 * Counts a change, so that whoever reads the fact learns whether there was one. First in the transaction that makes it: other
 * changes wait for its end.
 */
export async function countChange(tx: Queryable, name: string): Promise<void> {
  await tx.run(
    'INSERT INTO installation (name, value) VALUES (?) ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + 1',
    [[name, '1']],
  )
}
