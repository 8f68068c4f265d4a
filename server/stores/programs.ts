// Finds the programs of the embedded stores on this machine, and rejects versions that are too old for Brook.
import { execFile } from 'node:child_process'
import { access, constants, realpath } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

export interface RedisProgram {
  server: string
  env: NodeJS.ProcessEnv
}

export interface MariadbProgram {
  server: string
  install: string
  /** The folder with MariaDB's own files: the parent of its bin/ or sbin/. */
  base: string
  env: NodeJS.ProcessEnv
}

/** A store that cannot be found, started or reached. Its message is shown to a person: no stack, no password. */
export class StoreError extends Error {
  override name = 'StoreError'
}

/** An external store that does not answer now but may do so later: waiting can help. */
export class StoreAway extends StoreError {
  override name = 'StoreAway'
}

/** Folders to search, and the environment that the programs in them need. */
export interface Shelf {
  folders: string[]
  env: NodeJS.ProcessEnv
}

// A person's PATH often lacks the sbin folders, where Debian keeps mariadbd.
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin']

/** This machine's programs: only in STORES_PATH if it is set, otherwise in PATH and the system folders. */
export function systemShelf(env: NodeJS.ProcessEnv = process.env): Shelf {
  const named = (list: string | undefined) => (list ?? '').split(path.delimiter).filter((one) => one !== '')
  const own = env['STORES_PATH']
  return { folders: own === undefined ? [...named(env['PATH']), ...systemFolders] : named(own), env }
}

/** Undefined if there is none. XTRIM MINID, which sync needs, came with Redis 6.2. */
export async function findRedis({ folders, env }: Shelf): Promise<RedisProgram | undefined> {
  const server = await firstIn(folders, ['redis-server'])
  if (server === undefined) return undefined
  await refuseOlder(server, env, [6, 2], 'REDIS_URL')
  return { server, env }
}

/** Undefined if there is none. MariaDB 10.6 is the oldest release that is still maintained. */
export async function findMariadb({ folders, env }: Shelf): Promise<MariadbProgram | undefined> {
  const server = await firstIn(folders, ['mariadbd', 'mysqld'], (file) => isMariadb(file, env))
  const install = await firstIn(folders, ['mariadb-install-db'])
  // Part of the clients' package; mariadb-install-db needs it.
  const defaults = await firstIn(folders, ['my_print_defaults'])
  if (server === undefined || install === undefined || defaults === undefined) return undefined
  await refuseOlder(server, env, [10, 6], 'MYSQL_URL')
  return { server, install, base: path.dirname(path.dirname(await realpath(server))), env }
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

/** Trap: `mysqld` may also be Oracle's, whose data folder is created in another way. */
const isMariadb = async (file: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  path.basename(file) === 'mariadbd' || (await versionLine(file, env)).includes('MariaDB')

async function versionLine(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  return promisify(execFile)(file, ['--version'], { env, timeout: 10_000 }).then(
    ({ stdout }) => stdout.trim(),
    (error: Error) => error.message.trim(),
  )
}

async function refuseOlder(
  file: string,
  env: NodeJS.ProcessEnv,
  min: [major: number, minor: number],
  setting: string,
): Promise<void> {
  const said = await versionLine(file, env)
  const match = /(?:v=|Ver )(\d+)\.(\d+)/.exec(said)
  if (match === null) throw new StoreError(`${file} does not run: ${said.split('\n').at(-1) ?? said}`)
  const [major, minor] = [Number(match[1]), Number(match[2])]
  if (major > min[0] || (major === min[0] && minor >= min[1])) return
  throw new StoreError(
    `${file} is version ${major}.${minor}; Brook needs ${min.join('.')} or later. ` +
      `Install a newer one, or set ${setting} to your own server.`,
  )
}
