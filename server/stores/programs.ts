// Finds the programs of the embedded stores on this machine, and refuses those that are too old for Brook.
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
  /** Where MariaDB's own files are: the folder above its bin/ or sbin/. */
  base: string
  env: NodeJS.ProcessEnv
}

/** A store that cannot be had, started or reached. Its message is for a person: no stack, no password. */
export class StoreError extends Error {
  override name = 'StoreError'
}

/** A store of somebody else's that does not answer now and may do so later; waiting can help. */
export class StoreAway extends StoreError {
  override name = 'StoreAway'
}

/** Folders to look in, and the environment that what stands there needs. */
export interface Shelf {
  folders: string[]
  env: NodeJS.ProcessEnv
}

// A person's PATH often lacks the sbin folders, where Debian keeps mariadbd.
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin']

/** This machine's programs: in STORES_PATH alone when it is set, else in PATH and the usual folders. */
export function systemShelf(env: NodeJS.ProcessEnv = process.env): Shelf {
  const named = (list: string | undefined) => (list ?? '').split(path.delimiter).filter((one) => one !== '')
  const own = env['STORES_PATH']
  return { folders: own === undefined ? [...named(env['PATH']), ...systemFolders] : named(own), env }
}

/** Undefined when there is none here. XTRIM MINID, which sync stands on, came with Redis 6.2. */
export async function findRedis({ folders, env }: Shelf): Promise<RedisProgram | undefined> {
  const server = await firstIn(folders, ['redis-server'])
  if (server === undefined) return undefined
  await refuseOlder(server, env, [6, 2], 'REDIS_URL')
  return { server, env }
}

/** Undefined when there is none here. MariaDB 10.6 is the oldest with a release that is still kept. */
export async function findMariadb({ folders, env }: Shelf): Promise<MariadbProgram | undefined> {
  const server = await firstIn(folders, ['mariadbd', 'mysqld'], (file) => isMariadb(file, env))
  const install = await firstIn(folders, ['mariadb-install-db'])
  // Comes in the same package as the clients; mariadb-install-db needs it.
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

/** Trap: `mysqld` may also be Oracle's, whose data folder is made in another way. */
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
  least: [major: number, minor: number],
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
