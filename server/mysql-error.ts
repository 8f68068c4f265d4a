// Errors of MySQL as they may be logged: a statement, and what MySQL quotes of it, can hold words, names and hashes.

/** Where MySQL quotes a value: `Duplicate entry '…' for key`, `Incorrect … value: '…' for column`, `near '…' at line`. */
const quoted = [/(entry )'[\s\S]*'( for key)/, /(value:? )'[\s\S]*'( for |$)/, /(near )'[\s\S]*'( at line)/]

const masked = (text: string): string => quoted.reduce((said, one) => said.replace(one, "$1'…'$2"), text)

/** MySQL answers, and lets nobody work at the moment, whatever the statement was. In words for an operator. */
const refusals: Partial<Record<number, string>> = {
  1040: 'MySQL has too many connections',
  1203: 'MySQL has too many connections',
  1226: 'MySQL has too many connections',
  1053: 'MySQL is shutting down',
  1047: 'MySQL is no longer part of its cluster',
  1290: 'MySQL is read-only',
  1792: 'MySQL is read-only',
  1836: 'MySQL is read-only',
  1874: 'MySQL is read-only',
  1044: 'the account in MySQL lacks rights to the database',
  1142: 'the account in MySQL lacks rights to the database',
  1045: 'MySQL rejects the account or its password',
  1130: 'MySQL rejects the account or its password',
  1698: 'MySQL rejects the account or its password',
  1820: 'MySQL rejects the account or its password',
  1862: 'MySQL rejects the account or its password',
  3118: 'MySQL rejects the account or its password',
  4151: 'MySQL rejects the account or its password',
  1021: 'the disk of MySQL is full',
  1114: 'the disk of MySQL is full',
}

/**
 * MySQL has done nothing of a statement, or rolled its whole transaction back, for the sake of another: it may be done again. In a
 * Galera cluster COMMIT says so as well, where another node has changed the same rows. Not of a lost connection: COMMIT may have come.
 */
const repeatable = new Set([
  1213, // ER_LOCK_DEADLOCK
  1020, // ER_CHECKREAD: MariaDB, where another has changed a row since the transaction began to read
  1047, // ER_UNKNOWN_COM_ERROR: a node without its cluster takes no command; the next try may find another one
])

export const isRepeatable = (error: unknown): boolean =>
  repeatable.has((error as { errno?: number }).errno ?? 0)

export const whyMysqlRefuses = (error: unknown): string | undefined =>
  refusals[(error as { errno?: number }).errno ?? 0]

/** The same error without the statement and without the values of it. Errors of other kinds are left as they are. */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error) || !('sqlState' in error || 'sql' in error)) return error
  const refused = error as Error & { sql?: string; sqlMessage?: string }
  delete refused.sql
  if (refused.sqlMessage !== undefined) refused.sqlMessage = masked(refused.sqlMessage)
  const message = masked(refused.message)
  // The stack begins with the message.
  if (refused.stack !== undefined) refused.stack = refused.stack.replace(refused.message, () => message)
  refused.message = message
  return refused
}
