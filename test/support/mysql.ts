// Oracle's MySQL in place of a test's MariaDB: a data folder, and how it is started. It has its default settings, so
// that Brook's requirements (LOAD DATA LOCAL, for example, is off) are tested on an unprepared server.
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Recipe } from '../../server/stores/child.ts'
import { askMysql, firstSql, mariadbAddress, type MariadbPlace } from '../../server/stores/mariadb.ts'

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

/** `mysqld`: the server program. */
export async function makeMysqlData(mysqld: string, folder: string, more: string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const data = `--datadir=${path.join(folder, 'data')}`
  await promisify(execFile)(mysqld, ['--no-defaults', '--initialize-insecure', data, ...asRoot, ...more])
}

export async function mysqlRecipe(
  mysqld: string,
  place: MariadbPlace,
  extra: { sql: string[]; args: string[] },
): Promise<Recipe> {
  const { folder, socket } = place
  const data = `--datadir=${path.join(folder, 'data')}`
  const pidFile = path.join(folder, 'mysqld.pid')
  return {
    name: 'MySQL',
    command: mysqld,
    args: [
      '--no-defaults',
      data,
      `--socket=${socket}`,
      `--pid-file=${pidFile}`,
      `--init-file=${await firstSql(place, extra.sql)}`,
      '--skip-networking',
      // The folder that Debian compiles in may not exist.
      '--secure-file-priv=NULL',
      '--mysqlx=OFF',
      '--disable-log-bin',
      ...asRoot,
      ...extra.args,
    ],
    env: process.env,
    logFile: path.join(folder, 'mysqld.log'),
    pidFile,
    mark: data,
    ask: () => askMysql(mariadbAddress(place)),
  }
}
