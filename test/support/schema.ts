// The tables of a database as SQL that is the same whether MySQL or MariaDB keeps them. Read from information_schema:
// SHOW CREATE TABLE differs between the two in widths, quotes and defaults that mean nothing.
import type { Queryable } from '../../server/db.ts'

interface Column {
  table: string
  name: string
  type: string
  nullable: 'YES' | 'NO'
  usual: string | null
  collation: string | null
  extra: string
}

interface KeyColumn {
  table: string
  name: string
  open: 0 | 1
  kind: string
  column: string
}

export async function describeSchema(db: Queryable): Promise<string> {
  const columns = await db.rows<Column>(
    `SELECT TABLE_NAME AS 'table', COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
       COLUMN_DEFAULT AS usual, COLLATION_NAME AS collation, EXTRA AS extra
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  )
  const keys = await db.rows<KeyColumn>(
    `SELECT TABLE_NAME AS 'table', INDEX_NAME AS name, NON_UNIQUE AS open, INDEX_TYPE AS kind,
       COLUMN_NAME AS 'column'
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
     ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
  )
  const tables = [...new Set(columns.map(({ table }) => table))]
  const head =
    '-- The tables as the migrations leave them. Made by test/flow/migrate.test.ts, which holds it true.\n'
  const describe = (table: string) => {
    const lines = [
      ...columns.filter((column) => column.table === table).map(columnLine),
      ...keyLines(keys.filter((key) => key.table === table)),
    ]
    return `CREATE TABLE ${table} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);\n`
  }
  return [head, ...tables.map(describe)].join('\n')
}

function columnLine({ name, type, nullable, usual, collation, extra }: Column): string {
  const parts = [name, plainType(type)]
  // utf8mb3 and utf8 are one character set under two names; Brook uses neither.
  if (collation !== null) parts.push(`COLLATE ${collation}`)
  parts.push(nullable === 'YES' ? 'NULL' : 'NOT NULL')
  // MariaDB writes the words of SQL ('x', NULL), MySQL the value (x) or nothing.
  const value = usual?.replace(/^'(.*)'$/, '$1')
  if (value !== undefined && value !== 'NULL') parts.push(`DEFAULT ${value}`)
  const more = extra.replace('DEFAULT_GENERATED', '').trim()
  if (more !== '') parts.push(more.toUpperCase())
  return parts.join(' ')
}

/** MySQL 8 no longer says how wide an integer is shown. */
const plainType = (type: string): string => type.replace(/int\(\d+\)/, 'int')

function keyLines(keys: KeyColumn[]): string[] {
  const byName = new Map<string, KeyColumn[]>()
  for (const key of keys) byName.set(key.name, [...(byName.get(key.name) ?? []), key])
  return [...byName].map(([name, parts]) => {
    const columns = `(${parts.map(({ column }) => column).join(', ')})`
    if (name === 'PRIMARY') return `PRIMARY KEY ${columns}`
    const first = parts[0]
    const kind = first?.kind === 'FULLTEXT' ? 'FULLTEXT KEY' : first?.open === 0 ? 'UNIQUE KEY' : 'KEY'
    return `${kind} ${name} ${columns}`
  })
}
