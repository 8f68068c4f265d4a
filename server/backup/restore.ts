// Restores a backup into an empty place. Phases: 1. all of it is read, and every tag is right; 2. the place is looked at; 3. the
// database; 4. the files; 5. the log is started anew, above every number that Redis knows. Before 3 nothing is written.
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ReadyConfig } from '../cli/ready.ts'
import { withStores } from '../cli/open-stores.ts'
import type { RedisAddress } from '../config-stores.ts'
import type { Db } from '../db.ts'
import { openBlobs } from '../files/stores/open-blobs.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import { openEpoch } from '../log/epoch.ts'
import { carryNumbers, keepDead, numbersOf } from '../log/unarchived.ts'
import { refuseNewerSchema } from '../migrate.ts'
import { claimRedis } from '../redis/claim.ts'
import { RedisProvider } from '../redis/provider.ts'
import type { EntryArray } from '../redis/stream-reads.ts'
import { BackupError } from './backup-error.ts'
import type { End, Head } from './format.ts'
import { missingNumbers, type Missing } from './missing.ts'
import type { Place } from './place.ts'
import { whatIsThere } from './progress.ts'
import { Backup } from './read-backup.ts'
import { migrationsDir, restoreDatabase } from './restore-database.ts'
import { SealedFiles } from './sealed-files.ts'
import { connectShards } from './shards.ts'

export interface RestoreOptions {
  place: Place
  name: string
  passphrase: string
  /** The Redis that the old Brook had, where this one has another. */
  oldRedis?: RedisAddress | undefined
  signal?: AbortSignal
  onProgress?: (doing: 'verify' | 'database' | 'files', done: number, of: number) => void
}

export interface RestoredAll {
  head: Head
  end: End
  broughtFiles: number
  /** Keys of files that are not beside the backup, or not what was written. */
  lostFiles: { key: string; why: 'missing' | 'damaged' }[]
  /** Entries of the log that MySQL has refused. */
  refused: number
  /** What was acknowledged and is not in it, as far as a Redis knows. */
  missing: Missing[]
  /** What rooms are called, by their ids. */
  names: Map<string, string>
}

/** One holds the right to start the log anew, while another writes. */
const connections = 3

/** @throws BackupError, in one line; until it is written that the database is begun, nothing is */
export function restore(config: ReadyConfig, options: RestoreOptions): Promise<RestoredAll> {
  return withStores(config, (stores) => restoreInto(config, stores, options), connections)
}

async function restoreInto(
  config: ReadyConfig,
  stores: { db: Db; redis: RedisProvider },
  { place, name, passphrase, oldRedis, signal, onProgress = () => undefined }: RestoreOptions,
): Promise<RestoredAll> {
  await connectShards(stores.redis, config.logShards)
  const backup = await Backup.open(place, name, passphrase)
  const { head } = backup
  await refuseElsewhere(config, stores, head)
  const end = await backup.verify((done) => onProgress('verify', done, 0))
  const all = Object.values(end.rows).reduce((sum, rows) => sum + rows, 0)
  const old = oldRedis === undefined ? undefined : new RedisProvider(oldRedis)
  try {
    if (old !== undefined) await connectShards(old, config.logShards)
    await claimRedis(stores.redis.common, head.installation)
    const database = await restoreDatabase(stores.db, backup, end, (rows) =>
      onProgress('database', rows, all),
    )
    const files = await bringFiles(config, stores.db, backup, {
      signal,
      onFile: (done) => onProgress('files', done, end.files),
    })
    const missing = await startLog(config, stores, { backup, end, old })
    await database.progress.end()
    const rooms = await stores.db.rows<{ id: number; name: string }>('SELECT id, name FROM rooms')
    const names = new Map(rooms.map((room) => [String(room.id), room.name]))
    return { head, end, ...files, refused: database.refused, missing, names }
  } finally {
    old?.close()
  }
}

/** @throws if this place cannot take it; reads only */
async function refuseElsewhere(
  config: ReadyConfig,
  { db, redis }: { db: Db; redis: RedisProvider },
  head: Head,
): Promise<void> {
  if (config.logShards !== head.shards)
    throw new BackupError(`The backup has ${head.shards} shards of the log. Set LOG_SHARDS=${head.shards}.`)
  await refuseNewerSchema(migrationsDir, head.schema)
  await whatIsThere(db, head.id)
  const whose = await redis.common.get('brook:installation')
  if (whose !== null && whose !== head.installation)
    throw new BackupError(
      'This Redis belongs to another Brook. Give the restored one an empty Redis, or its own.',
    )
}

async function bringFiles(
  config: ReadyConfig,
  db: Db,
  backup: Backup,
  { signal, onFile }: { signal: AbortSignal | undefined; onFile: (done: number) => void },
): Promise<Pick<RestoredAll, 'broughtFiles' | 'lostFiles'>> {
  const { filesIn, filesKey } = backup.head
  const scratch = path.join(config.dataDir, 'files', 'restoring')
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  const blobs = openBlobs(config)
  const lostFiles: RestoredAll['lostFiles'] = []
  let [done, broughtFiles] = [0, 0]
  try {
    const key = Buffer.from(filesKey, 'base64')
    const files = new SealedFiles({ sealed: backup.place.files(filesIn), plain: blobs.store, key, scratch })
    for await (const { row } of backup.rows('files')) {
      signal?.throwIfAborted()
      const [name] = row as [string, number]
      const how = await files.bring(name)
      if (how === 'missing' || how === 'damaged') lostFiles.push({ key: name, why: how })
      else broughtFiles += 1
      done += 1
      onFile(done)
    }
    await db.run('UPDATE blobs SET place = ?', [blobs.store.place])
    return { broughtFiles, lostFiles }
  } finally {
    blobs.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Starts each shard anew, and answers what was acknowledged and is not in the backup. */
async function startLog(
  { logShards }: ReadyConfig,
  { db, redis }: { db: Db; redis: RedisProvider },
  { backup, end, old }: { backup: Backup; end: End; old: RedisProvider | undefined },
): Promise<Missing[]> {
  const reached = new Map(end.rooms)
  const missing: Missing[] = []
  for (let shard = 0; shard < logShards; shard += 1) {
    const { asker } = redis.shard(shard)
    if (old !== undefined) await carryNumbers(old.shard(shard).asker, asker, shard)
    missing.push(...missingNumbers(reached, await numbersOf(asker, shard)))
  }
  for await (const { section, row } of backup.rows('dead'))
    if (section.section === 'dead')
      await keepDead(redis.shard(section.shard).asker, section.shard, row as EntryArray)
  for (let shard = 0; shard < logShards; shard += 1)
    await openEpoch(redis.shard(shard).asker, shard, archiveOf(db, logShards), { common: redis.common })
  return missing
}
