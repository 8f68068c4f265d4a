// What a line of the log may say of an error: its kind, its code, its words and its stack, and nothing that somebody has typed,
// sent or keeps secret. Errors of MySQL are without their values already (mysql-error.ts).
import type { AuditAbout } from '../protocol/audit.ts'

/** Where an error quotes what it was about. */
const quoting: readonly [RegExp, string][] = [
  // JSON.parse: Unexpected token 'h', "hello wor"... is not valid JSON
  [/(token )'[\s\S]*?'(, )(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)?( is not valid JSON)/, "$1'…'$2…$3"],
  [/^(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)?( is not valid JSON)/, '…$1'],
  // Redis: ERR unknown command 'X', with args beginning with: 'one' 'two'
  [/(with args beginning with:)[\s\S]*/, '$1 …'],
  // The path of an address may hold a token, and what stands before its host a password.
  [/\b(https?|redis|rediss|mysql|smtps?|ldaps?|s3):\/\/(?:[^\s/@]*@)?([^\s/?#'"]+)[^\s'"]*/g, '$1://$2'],
  [/[^\s<>"']+@[^\s<>"']+\.[^\s<>"']+/g, '…@…'],
]

/** The words of an error, without what it quotes. */
export const plainWords = (message: string): string =>
  quoting.reduce((words, [pattern, instead]) => words.replace(pattern, instead), message)

export interface ErrorFacts {
  type: string
  message: string
  stack?: string
  /** As of the system, of MySQL or of Redis. */
  code?: string | number
  cause?: ErrorFacts
}

/**
 * Field by field: libraries hang what they were given on their errors, such as the command of a Redis error, which is what
 * somebody has said.
 */
export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: plainWords(String(error)) }
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  const words = plainWords(message)
  return {
    type: name,
    message: words,
    // The stack begins with the message.
    ...(stack === undefined ? {} : { stack: stack.replace(message, () => words) }),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: errorFacts(cause) }),
  }
}

/** What somebody did, by ids; of what they changed, which settings: a topic and a name are words. */
export function aboutFacts({ room, person, changed, reason: _, name: __, ...facts }: AuditAbout): object {
  return {
    ...facts,
    ...(room === undefined ? {} : { room: room.id }),
    ...(person === undefined ? {} : { person: person.id }),
    ...(changed === undefined ? {} : { changed: Object.keys(changed) }),
  }
}
