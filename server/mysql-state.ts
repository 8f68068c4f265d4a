// Whether MySQL takes what is written now, in a word and in words for an operator.
import { setTimeout as pause } from 'node:timers/promises'
import { isMysqlAway, type Db } from './db.ts'
import { whyMysqlRefuses } from './mysql-error.ts'
import { limits } from './protocol/limits.ts'

export interface MysqlState {
  word: 'ok' | 'away' | 'refusing' | 'failing'
  /** Undefined: nothing is wrong. */
  why?: string
}

const mysqlAway: MysqlState = { word: 'away', why: 'MySQL does not answer' }

/** A MySQL that says nothing is away: a probe does not wait for as long as a statement may take. */
export const mysqlState = (db: Db): Promise<MysqlState> =>
  Promise.race([askMysql(db), pause(limits.silence.mysqlMs, mysqlAway, { ref: false })])

/** A write that changes nothing: a MySQL that is read-only answers every question. */
async function askMysql(db: Db): Promise<MysqlState> {
  try {
    await db.run("UPDATE installation SET value = value WHERE name = ''")
    return { word: 'ok' }
  } catch (error) {
    const why = whyMysqlRefuses(error)
    if (why !== undefined) return { word: 'refusing', why }
    return isMysqlAway(error) ? mysqlAway : { word: 'failing', why: 'MySQL fails; the log says how' }
  }
}
