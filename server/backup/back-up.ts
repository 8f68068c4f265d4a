// Makes a backup while people talk. Phases: 1. the files that are new are copied, which may take long; 2. the database is held as it
// is at one moment, and the log's entries after it are read at once, before they are trimmed; 3. everything is written, and the
// files that came meanwhile; 4. what is whole gets its name.
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ReadyConfig } from '../cli/ready.ts'
import { withStores } from '../cli/open-stores.ts'
import { installationId } from '../installation.ts'
import type { Db, Queryable } from '../db.ts'
import { blobKey, type BlobStore } from '../files/stores/blob-store.ts'
import { openBlobs } from '../files/stores/open-blobs.ts'
import { headsOf } from '../history/sync/heads.ts'
import { decodeEntry } from '../log/decode.ts'
import { BadEntry, type Entry } from '../log/entry.ts'
import { deadEntries, rawAfter } from '../log/unarchived.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { ServerKeys } from '../server-keys.ts'
import { brookVersion } from '../version.ts'
import { BackupError } from './backup-error.ts'
import { formatNumber, pack, type End, type Head, type Section } from './format.ts'
import type { Place } from './place.ts'
import { SealedFiles } from './sealed-files.ts'
import { connectShards } from './shards.ts'
import { Snapshot } from './snapshot.ts'

export interface BackUpOptions {
  place: Place
  name: string
  passphrase: string
  /** The folder of the files, beside it. */
  filesIn: string
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

export interface Progress {
  doing: 'files' | 'database'
  /** Of the table that is read. */
  table?: string
  rows: number
  files: number
}

export interface Made {
  id: string
  bytes: number
  rows: number
  entries: number
  rooms: number
  files: number
  addedFiles: number
  /** Files that are not here, or not what their name says, and are in no backup. */
  lostFiles: { key: string; why: 'gone' | 'damaged' }[]
}

/** Of the time, so much is rested: whoever sends a message finds a core, the disk and MySQL free. */
const restShare = 0.5
const restAfterMs = 15

/** @throws BackupError, or what a store says; then nothing has changed but for files that are encrypted beside it */
export function backUp(config: ReadyConfig, options: BackUpOptions): Promise<Made> {
  return withStores(config, async (stores) => {
    await connectShards(stores.redis, config.logShards)
    return new BackingUp(config, stores, options).run()
  })
}

interface Sources {
  files: SealedFiles
  /** Of `files`. */
  key: Buffer
  /** What people see. */
  plain: BlobStore
}

class BackingUp {
  readonly #config: ReadyConfig
  readonly #stores: { db: Db; redis: RedisProvider }
  readonly #options: BackUpOptions
  readonly #made: Made = {
    id: randomUUID(),
    bytes: 0,
    rows: 0,
    entries: 0,
    rooms: 0,
    files: 0,
    addedFiles: 0,
    lostFiles: [],
  }
  #workedSince = performance.now()

  constructor(config: ReadyConfig, stores: { db: Db; redis: RedisProvider }, options: BackUpOptions) {
    this.#config = config
    this.#stores = stores
    this.#options = options
  }

  async run(): Promise<Made> {
    const { place, name, filesIn } = this.#options
    const key = await new ServerKeys(this.#stores.db).of('backup')
    await place.prepare()
    const scratch = path.join(place.scratch ?? path.join(this.#config.dataDir, 'backup'), `.${filesIn}.half`)
    // What a run that was killed has left.
    await rm(scratch, { recursive: true, force: true })
    await mkdir(scratch, { recursive: true, mode: 0o700 })
    const blobs = openBlobs(this.#config)
    try {
      const files = new SealedFiles({ sealed: place.files(filesIn), plain: blobs.store, key, scratch })
      for await (const file of keysOfFiles(this.#stores.db, blobs.store)) await this.#keep(files, file)
      this.#made.lostFiles = []
      const whole = path.join(scratch, 'backup')
      await this.#write(whole, { files, key, plain: blobs.store })
      this.#made.bytes = (await stat(whole)).size
      await place.write(name, whole)
      return this.#made
    } finally {
      blobs.close()
      await rm(scratch, { recursive: true, force: true })
    }
  }

  async #keep(files: SealedFiles, { key, isArriving }: KeptFile): Promise<boolean> {
    const how = await files.keep(key)
    if (how === 'added') this.#made.addedFiles += 1
    if (how === 'damaged' || (how === 'gone' && !isArriving)) this.#made.lostFiles.push({ key, why: how })
    this.#tell({ doing: 'files' })
    await this.#rest()
    return how === 'known' || how === 'added'
  }

  async #write(whole: string, { files, key, plain }: Sources): Promise<void> {
    const snapshot = await Snapshot.open(this.#config.mysql)
    try {
      const head = await this.#head(snapshot, key)
      const { passphrase } = this.#options
      const into = createWriteStream(whole, { mode: 0o600 })
      await pack(this.#lines(snapshot, head, { files, plain }), { passphrase }, into)
    } finally {
      snapshot.close()
    }
  }

  async #head(snapshot: Snapshot, key: Buffer): Promise<Head> {
    const unfinished = await snapshot.rows('SELECT version FROM schema_migrations WHERE applied_at IS NULL')
    if (unfinished.length > 0) throw new BackupError('The database is being migrated. Try again afterwards.')
    return {
      brook: 'backup',
      format: formatNumber,
      id: this.#made.id,
      version: brookVersion,
      at: Date.now(),
      installation: await installationId(this.#stores.db),
      shards: this.#config.logShards,
      schema: await snapshot.rows('SELECT version, name, checksum, oldest FROM schema_migrations'),
      filesIn: this.#options.filesIn,
      filesKey: key.toString('base64'),
    }
  }

  async *#lines(
    snapshot: Snapshot,
    head: Head,
    { files, plain }: Omit<Sources, 'key'>,
  ): AsyncGenerator<string> {
    const end: End = { section: 'end', rows: {}, entries: 0, files: 0, fileBytes: 0, rooms: [] }
    yield JSON.stringify(head)
    const numbers = new Map<string, number>()
    yield* this.#log(snapshot, numbers, end)
    for (const [room, { seq }] of await headsOf(snapshot)) raise(numbers, room, seq)
    yield section({ section: 'files' })
    for await (const file of keysOfFiles(snapshot, plain)) {
      if (!(await this.#keep(files, file))) continue
      const { key, size } = file
      end.files += 1
      end.fileBytes += size
      yield JSON.stringify([key, size])
    }
    for (const table of await snapshot.tables()) {
      yield section({ section: 'table', ...table })
      let rows = 0
      for await (const line of snapshot.lines(table)) {
        rows += 1
        this.#made.rows += 1
        yield line
        if (rows % 64 === 0) await this.#rest()
        if (rows % 1_000 === 0) this.#tell({ doing: 'database', table: table.name })
      }
      end.rows[table.name] = rows
    }
    end.rooms = [...numbers]
    Object.assign(this.#made, { rooms: numbers.size, files: end.files, entries: end.entries })
    yield JSON.stringify(end)
  }

  /** Raises `numbers` to what the log has. */
  async *#log(snapshot: Snapshot, numbers: Map<string, number>, end: End): AsyncGenerator<string> {
    for (let shard = 0; shard < this.#config.logShards; shard += 1) {
      const { asker } = this.#stores.redis.shard(shard)
      const [row] = await snapshot.rows<{ ms: number; n: number }>(
        'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = ?',
        [shard],
      )
      yield section({ section: 'log', shard })
      for await (const page of rawAfter(asker, shard, row ?? { ms: 0, n: 0 }))
        for (const [id, fields] of page) {
          end.entries += 1
          const entry = understood(id, fields ?? [])
          if (entry !== undefined) raise(numbers, entry.room, entry.seq)
          yield JSON.stringify([id, fields])
        }
      yield section({ section: 'dead', shard })
      for await (const page of deadEntries(asker, shard)) for (const one of page) yield JSON.stringify(one)
    }
  }

  #tell(progress: Pick<Progress, 'doing' | 'table'>): void {
    const { rows, addedFiles } = this.#made
    this.#options.onProgress?.({ ...progress, rows, files: addedFiles })
  }

  /** Gives others their turn, and ends where it is asked to. */
  async #rest(): Promise<void> {
    this.#options.signal?.throwIfAborted()
    const worked = performance.now() - this.#workedSince
    if (worked < restAfterMs) return
    await pause((worked * restShare) / (1 - restShare))
    this.#workedSince = performance.now()
  }
}

const keysAtOnce = 1_000
/** A row is there before its bytes (files/blobs.ts). */
const arrivesWithinMs = 10 * 60_000

interface KeptFile {
  key: string
  size: number
  /** Its bytes may not be here yet. */
  isArriving?: boolean
}

/** What is kept of a Brook's files: what the database knows, and the pictures of cards. Smaller pictures are made again. */
async function* keysOfFiles(db: Pick<Queryable, 'rows'>, plain: BlobStore): AsyncGenerator<KeptFile> {
  for (let after = ''; ;) {
    const sql = `SELECT hash, size, made_ms FROM blobs WHERE hash > ? ORDER BY hash LIMIT ${keysAtOnce}`
    const rows = await db.rows<{ hash: string; size: number; made_ms: number }>(sql, [after])
    const last = rows.at(-1)
    if (last === undefined) break
    for (const { hash, size, made_ms: at } of rows)
      yield { key: blobKey(hash), size, isArriving: Date.now() - at < arrivesWithinMs }
    after = last.hash
  }
  yield* plain.list('cards/')
}

const section = (one: Section): string => JSON.stringify(one)

function raise(numbers: Map<string, number>, room: string, seq: number): void {
  if (seq > (numbers.get(room) ?? 0)) numbers.set(room, seq)
}

/** Undefined: it is no entry of ours; sync sets it aside, here and where it is restored. */
function understood(id: string, fields: readonly string[]): Entry | undefined {
  try {
    return decodeEntry(id, fields)
  } catch (error) {
    if (error instanceof BadEntry) return undefined
    throw error
  }
}
