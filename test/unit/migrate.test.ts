// How a migration file becomes statements.
import { expect, test } from 'vitest'
import { splitStatements } from '../../server/migrate.ts'

test('a semicolon ends a statement, and the last one needs none', () => {
  expect(splitStatements('SELECT 1; SELECT 2;\n;\nSELECT 3')).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3'])
})

test.each([
  ["INSERT INTO t VALUES ('a;b')"],
  ["INSERT INTO t VALUES ('it''s; fine')"],
  ["INSERT INTO t VALUES ('it\\'s; fine')"],
  ['INSERT INTO t VALUES ("a;b")'],
  ['SELECT `a;b` FROM t'],
  ["SELECT '-- no comment; at all'"],
  ['SELECT 5-1, 7/2'],
])('a semicolon in a text or a name ends nothing: %s', (sql) => {
  expect(splitStatements(`${sql}; SELECT 2`)).toEqual([sql, 'SELECT 2'])
})

test('comments are not statements, whatever they contain', () => {
  const sql = `-- It's one; really
    # another's; too
    /* many; 'lines
    of it */
    SELECT 1 -- not; the end
    + 1;
    -- the end`
  expect(splitStatements(sql).map((statement) => statement.replace(/\s+/g, ' '))).toEqual(['SELECT 1 + 1'])
})

test('a comment that only MySQL reads stays', () => {
  expect(splitStatements('/*!80000 SELECT 1 */; SELECT 2')).toEqual(['/*!80000 SELECT 1 */', 'SELECT 2'])
})
