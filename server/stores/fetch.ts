// Gets the store programs if this machine lacks them: Debian packages, installed (as root or with sudo) or unpacked into
// the data folder (no root needed). On other systems it says what to do.
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { findMariadb, findRedis, StoreError, systemShelf } from './programs.ts'
import type { MariadbProgram, RedisProgram, Shelf } from './programs.ts'
import { run } from './run.ts'
import type { Say } from '../logging/say.ts'
import { unpackPackages, unpackedShelf } from './unpack.ts'

export interface Wanted {
  redis: boolean
  mariadb: boolean
}

export interface Programs {
  redis: RedisProgram | undefined
  mariadb: MariadbProgram | undefined
}

/** The wanted programs, fetched if they are missing. Programs that are not wanted are not searched for. */
export async function getPrograms(wanted: Wanted, dataDir: string, say: Say): Promise<Programs> {
  const found = await look(wanted, dataDir)
  const missing = stillMissing(wanted, found)
  if (missing.length === 0) return found
  await fetch(missing, dataDir, say)
  const fetched = await look(wanted, dataDir)
  const left = stillMissing(wanted, fetched)
  if (left.length > 0) throw new StoreError(whatToDo(left))
  return fetched
}

// Trap: Debian's redis-server package starts a service on port 6379, also at each boot. The same program is in
// redis-tools under another name (it checks the name by which it is called).
const packages = { redis: ['redis-tools'], mariadb: ['mariadb-server-core', 'mariadb-client-core'] }
const redisUnderOtherName = '/usr/bin/redis-check-rdb'

type Store = keyof Wanted

async function look(wanted: Wanted, dataDir: string): Promise<Programs> {
  const shelves: Shelf[] = [systemShelf(), await unpackedShelf(dataDir)]
  const found: Programs = { redis: undefined, mariadb: undefined }
  for (const shelf of shelves) {
    if (wanted.redis) found.redis ??= await findRedis(shelf)
    if (wanted.mariadb) found.mariadb ??= await findMariadb(shelf)
  }
  return found
}

const stillMissing = (wanted: Wanted, found: Programs): Store[] =>
  (['redis', 'mariadb'] as const).filter((store) => wanted[store] && found[store] === undefined)

async function fetch(missing: Store[], dataDir: string, say: Say): Promise<void> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb'))
    throw new StoreError(whatToDo(missing))
  const names = missing.flatMap((store) => packages[store])
  // With STORES_PATH the system folders are not searched, so installing there would not help.
  const asRoot = process.env['STORES_PATH'] === undefined ? await wayToRoot() : undefined
  if (asRoot === undefined) {
    say(`Unpacking ${names.join(', ')} into ${path.join(dataDir, 'programs')}`)
    return unpackPackages(names, dataDir, say)
  }
  say(`Installing ${names.join(', ')} with apt-get${asRoot.length > 0 ? ' through sudo' : ''}`)
  const install = `export DEBIAN_FRONTEND=noninteractive
    install() { apt-get install -y --no-install-recommends ${names.join(' ')}; }
    install || { apt-get update && install; }`
  const [command = 'sh', ...args] = [...asRoot, 'sh', '-c', install]
  await run(command, args, { say })
  if (missing.includes('redis')) await linkRedis(dataDir)
}

async function linkRedis(dataDir: string): Promise<void> {
  const folder = path.join(dataDir, 'programs/usr/bin')
  const link = path.join(folder, 'redis-server')
  if (!existsSync(redisUnderOtherName) || existsSync(link)) return
  await mkdir(folder, { recursive: true })
  await symlink(redisUnderOtherName, link)
}

/** The prefix that runs a command as root: nothing, sudo, or undefined if neither works. */
async function wayToRoot(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return []
  const may = await run('sudo', ['-n', 'true'], {}).then(
    () => true,
    () => false,
  )
  return may ? ['sudo', '-n'] : undefined
}

const names = { redis: 'redis-server', mariadb: 'mariadbd' }

function whatToDo(missing: Store[]): string {
  const lacking = missing.map((store) => names[store]).join(' and ')
  const settings = missing.map((store) => (store === 'redis' ? 'REDIS_URL' : 'MYSQL_URL')).join(' and ')
  return (
    `Brook needs ${lacking}. Install: ${installCommand(missing)} - ` +
    `or set ${settings} to your own servers, or use Docker: docker compose up`
  )
}

function installCommand(missing: Store[]): string {
  const of = (redis: string, mariadb: string) =>
    missing.map((store) => (store === 'redis' ? redis : mariadb)).join(' ')
  if (process.platform === 'darwin') return `brew install ${of('redis', 'mariadb')}`
  if (existsSync('/usr/bin/apt-get'))
    return `sudo apt-get install --no-install-recommends ${of('redis-server', 'mariadb-server-core mariadb-client-core')}`
  if (existsSync('/usr/bin/dnf')) return `sudo dnf install ${of('redis', 'mariadb-server')}`
  if (existsSync('/usr/bin/pacman')) return `sudo pacman -S ${of('redis', 'mariadb')}`
  if (existsSync('/sbin/apk')) return `apk add ${of('redis', 'mariadb mariadb-client')}`
  return `Redis 6.2 or later and MariaDB 10.6 or later, on the PATH`
}
