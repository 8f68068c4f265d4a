// Finds the programs of the embedded stores on this machine, and refuses those that are too old for Brook.
import { execFile } from 'node:child_process'
import { access, constants, realpath } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

/** The programs, and what they need around them when they do not stand in their usual place. */
export interface StorePrograms {
  redis: string
  mariadb: string
  mariadbInstall: string
  /** Where MariaDB's own files are: the folder above its bin/ or sbin/. */
  mariadbBase: string
  env: NodeJS.ProcessEnv
}

/** A store that cannot be had, started or reached. Its message is for a person: no stack, no password. */
export class StoreError extends Error {
  override name = 'StoreError'
}

// A person's PATH often lacks the sbin folders, where Debian keeps mariadbd.
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin']

/** Where to look: STORES_PATH alone when it is set, else PATH and the usual folders. */
export function searchFolders(env: NodeJS.ProcessEnv): string[] {
  const own = env['STORES_PATH']
  if (own !== undefined) return own.split(path.delimiter).filter((folder) => folder !== '')
  return [...(env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== ''), ...systemFolders]
}

/** The programs in these folders, or the names of those that are missing. Throws a StoreError on one too old. */
export async function findPrograms(
  folders: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<StorePrograms | { missing: string[] }> {
  const redis = await firstIn(folders, ['redis-server'])
  const mariadb = await firstIn(folders, ['mariadbd', 'mysqld'], (file) => isMariadb(file, env))
  const mariadbInstall = await firstIn(folders, ['mariadb-install-db'])
  if (redis === undefined || mariadb === undefined || mariadbInstall === undefined) {
    const found = { 'redis-server': redis, mariadbd: mariadb, 'mariadb-install-db': mariadbInstall }
    return {
      missing: Object.entries(found)
        .filter(([, file]) => file === undefined)
        .map(([name]) => name),
    }
  }
  // XTRIM MINID and XAUTOCLAIM came with Redis 6.2; MariaDB 10.6 is the oldest that the tests know.
  await refuseOlder(redis, env, [6, 2], 'REDIS_URL')
  await refuseOlder(mariadb, env, [10, 6], 'MYSQL_URL')
  const mariadbBase = path.dirname(path.dirname(await realpath(mariadb)))
  return { redis, mariadb, mariadbInstall, mariadbBase, env }
}

async function firstIn(
  folders: string[],
  names: string[],
  suits: (file: string) => Promise<boolean> = async () => true,
): Promise<string | undefined> {
  for (const name of names)
    for (const folder of folders) {
      const file = path.join(folder, name)
      if ((await isProgram(file)) && (await suits(file))) return file
    }
  return undefined
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Trap: `mysqld` may also be Oracle's, whose data folder is made in another way. */
const isMariadb = async (file: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  (await versionLine(file, env)).includes('MariaDB')

async function versionLine(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const run = promisify(execFile)
  return run(file, ['--version'], { env, timeout: 10_000 }).then(
    ({ stdout }) => stdout.trim(),
    (error: Error) => error.message,
  )
}

async function refuseOlder(
  file: string,
  env: NodeJS.ProcessEnv,
  least: [number, number],
  setting: string,
): Promise<void> {
  const said = await versionLine(file, env)
  const match = /(?:v=|Ver )(\d+)\.(\d+)/.exec(said)
  if (match === null) throw new StoreError(`${file} does not run: ${said.split('\n').at(-1) ?? said}`)
  const [major, minor] = [Number(match[1]), Number(match[2])]
  if (major > least[0] || (major === least[0] && minor >= least[1])) return
  throw new StoreError(
    `${file} is version ${major}.${minor}; Brook needs ${least.join('.')} or later. ` +
      `Install a newer one, or set ${setting} to a server that you run.`,
  )
}
