// The store programs from Debian packages, unpacked into the data folder: no root, no change to the system.
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import type { Shelf } from './programs.ts'
import { run } from './run.ts'
import type { Say } from '../logging/say.ts'

/** The programs unpacked here before, if any. */
export async function unpackedShelf(dataDir: string): Promise<Shelf> {
  const usr = path.join(dataDir, 'programs/usr')
  const libraries = await libraryFolders(path.join(dataDir, 'programs'))
  const env: NodeJS.ProcessEnv = { ...process.env }
  if (libraries.length > 0)
    env['LD_LIBRARY_PATH'] = [...libraries, ...(env['LD_LIBRARY_PATH']?.split(':') ?? [])].join(':')
  return { folders: [path.join(usr, 'sbin'), path.join(usr, 'bin')], env }
}

/** Downloads these packages, and their dependencies that the system lacks, and unpacks them. */
export async function unpackPackages(names: string[], dataDir: string, say: Say): Promise<void> {
  const programs = path.join(dataDir, 'programs')
  const half = path.join(dataDir, 'programs.half')
  await rm(half, { recursive: true, force: true })
  const debs = path.join(half, 'debs')
  await mkdir(debs, { recursive: true })
  await download(names, debs, dataDir, say)
  for (const deb of await readdir(debs)) {
    say(`Unpacking ${deb}`, 'passing')
    await run('dpkg-deb', ['-x', path.join(debs, deb), half], {})
  }
  await rm(debs, { recursive: true })
  const redis = path.join(half, 'usr/bin/redis-server')
  if (existsSync(path.join(half, 'usr/bin/redis-check-rdb')) && !existsSync(redis))
    await symlink('redis-check-rdb', redis)
  await rm(programs, { recursive: true, force: true })
  await rename(half, programs)
}

/** Uses the system's package lists or, if these are missing or stale, our own. */
async function download(names: string[], debs: string, dataDir: string, say: Say): Promise<void> {
  try {
    await downloadWith([], names, debs, say)
  } catch {
    const apt = path.join(dataDir, 'programs.half/apt')
    await mkdir(path.join(apt, 'lists/partial'), { recursive: true })
    await mkdir(path.join(apt, 'cache/archives/partial'), { recursive: true })
    const own = ['-o', `Dir::State::Lists=${apt}/lists`, '-o', `Dir::Cache=${apt}/cache`]
    say('Fetching the package lists')
    await run('apt-get', [...own, '-o', 'Debug::NoLocking=1', 'update'], { say })
    await downloadWith(own, names, debs, say)
    await rm(apt, { recursive: true })
  }
}

async function downloadWith(options: string[], names: string[], debs: string, say: Say): Promise<void> {
  // A simulated install needs no root and lists everything that this system lacks, under this release's names.
  const plan = await run('apt-get', [...options, 'install', '-s', '--no-install-recommends', ...names], {})
  const lacking = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '')
  await run('apt-get', [...options, 'download', ...new Set([...names, ...lacking])], { say, cwd: debs })
}

/** lib/, and the folders for this architecture below it (lib/x86_64-linux-gnu). */
async function libraryFolders(programs: string): Promise<string[]> {
  const found = []
  for (const lib of [path.join(programs, 'usr/lib'), path.join(programs, 'lib')]) {
    if (!existsSync(lib)) continue
    const below = (await readdir(lib)).filter((name) => name.includes('-linux-gnu'))
    found.push(...below.map((name) => path.join(lib, name)), lib)
  }
  return found
}
