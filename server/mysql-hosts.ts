// What each of several servers of MySQL's can do at the moment, and which of them is written to. All processes choose alike: by what
// the servers say, by the row of `mysql_writer` that names the last one chosen, and by the order in MYSQL_URL.
import { createConnection, type PoolConnection as CoreConnection, type RowDataPacket } from 'mysql2'
import type { MysqlHost } from './config-stores.ts'
import { endAtOnce } from './mysql-connection.ts'

/** `write`; `donate`: it writes, and may stand still, because it brings another node of its cluster up to date; `read`: it is read-only. */
export type HostAbility = 'write' | 'donate' | 'read' | 'nothing'

/** What a server says of itself. */
export interface HostState {
  can: HostAbility
  /** Of `nothing`: why, in words for an operator. */
  why?: string
  isGalera: boolean
  /** The server that was written to last, as far as this one knows: see nameOfHost. Empty: none was chosen yet. */
  writer: string
  /** How many times another one was chosen before. One that knows fewer has missed what was written since. */
  term: number
}

export const nameOfHost = ({ socketPath, host, port }: MysqlHost): string => socketPath ?? `${host}:${port}`

const nothing = (why: string): HostState => ({
  ...{ can: 'nothing', why, isGalera: false, writer: '', term: 0 },
})

/** Never rejects. */
export async function askHost(host: MysqlHost, withinMs: number): Promise<HostState> {
  try {
    return await overOne(host, withinMs, stateOf)
  } catch (error) {
    return nothing((error as Error).message)
  }
}

/** Keeps that this server is written to from now on, where that is not yet known. */
export async function keepWriter(host: MysqlHost, withinMs: number): Promise<void> {
  const name = nameOfHost(host)
  const sql = 'UPDATE mysql_writer SET host = ?, term = term + 1 WHERE one = 1 AND host <> ?'
  await overOne(host, withinMs, (ask) => ask(sql, [name, name])).catch((error: unknown) => {
    // Before the first migration there is no such table.
    if (!isNoTable(error)) throw error
  })
}

type Ask = (sql: string, values?: string[]) => Promise<RowDataPacket[]>

async function overOne<T>(host: MysqlHost, withinMs: number, work: (ask: Ask) => Promise<T>): Promise<T> {
  const core = createConnection({ ...host, connectTimeout: withinMs })
  core.on('error', () => undefined)
  // Trap: mysql2's own time limits end no connection whose server says nothing.
  const late = setTimeout(() => endAtOnce(core as unknown as CoreConnection), withinMs)
  const connection = core.promise()
  try {
    const result = await work(
      async (sql, values = []) => (await connection.query<RowDataPacket[]>({ sql, values }))[0],
    )
    await connection.end()
    return result
  } catch (error) {
    endAtOnce(core as unknown as CoreConnection)
    throw error
  } finally {
    clearTimeout(late)
  }
}

async function stateOf(ask: Ask): Promise<HostState> {
  const variables = await pairs(
    ask,
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('wsrep_on', 'read_only', 'super_read_only', 'innodb_read_only')`,
  )
  const isOn = (name: string): boolean => ['ON', '1'].includes(variables.get(name) ?? 'OFF')
  const isGalera = isOn('wsrep_on')
  let can: HostAbility = ['read_only', 'super_read_only', 'innodb_read_only'].some(isOn) ? 'read' : 'write'
  if (isGalera) {
    const status = await pairs(
      ask,
      `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_local_state_comment')`,
    )
    const state = status.get('wsrep_local_state_comment') ?? ''
    if (status.get('wsrep_ready') !== 'ON')
      return { ...nothing(`it is not part of its cluster (${state})`), isGalera }
    if (can === 'write' && state !== 'Synced') can = 'donate'
    // What was committed before this is what it answers from.
    await ask('SET SESSION wsrep_sync_wait = 1')
  }
  const known = await ask('SELECT host, term FROM mysql_writer WHERE one = 1').catch((error: unknown) => {
    if (isNoTable(error)) return []
    throw error
  })
  const [row] = known as { host?: string; term?: number }[]
  return { can, isGalera, writer: row?.host ?? '', term: Number(row?.term ?? 0) }
}

async function pairs(ask: Ask, sql: string): Promise<Map<string, string>> {
  const rows = (await ask(sql)) as { Variable_name?: string; Value?: string }[]
  return new Map(rows.map(({ Variable_name = '', Value = '' }) => [Variable_name, Value]))
}

const isNoTable = (error: unknown): boolean => (error as { errno?: number }).errno === 1146

/**
 * The index of the server to use, the best that there is; undefined: none answers. A server that has missed a choice is none, even
 * where it can write: it was the writer once, and what was written since then is not there. `present`: the one in use.
 */
export function chooseHost(
  states: readonly HostState[],
  names: readonly string[],
  present?: number,
): number | undefined {
  const term = Math.max(0, ...states.map((state) => state.term))
  const able = (can: HostAbility): number[] =>
    [...states.keys()].filter((at) => states[at]?.can === can && states[at].term === term)
  const best = (['write', 'donate', 'read'] as const).map(able).find((some) => some.length > 0)
  if (best === undefined) return undefined
  const named = best.find((at) => names[at] === states[at]?.writer)
  return named ?? best.find((at) => at === present) ?? best[0]
}
