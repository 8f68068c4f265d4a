// A whole Brook for a test file: private stores, as many servers as requested, and sync on request.
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Sessions } from '../../server/account/sessions.ts'
import type { Config } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { Sync } from '../../server/history/sync/sync.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Blobs } from '../../server/files/blobs.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import { openBlobs } from '../../server/files/stores/open-blobs.ts'
import { sweep, type Swept } from '../../server/files/sweep/sweep.ts'
import { Hashes } from '../../server/files/uploads/hashes.ts'
import { Parts } from '../../server/files/uploads/parts.ts'
import { runServer, type RunningServer } from '../../server/main.ts'
import type { Redis } from '../../server/redis/client.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { indexAll } from '../../server/search/indexer.ts'
import { Person, type Address } from './person.ts'
import { privateStores, type PrivateStores } from './stores.ts'
import { until } from './until.ts'

export class Brook {
  readonly stores: PrivateStores
  readonly db: Db
  /** The test's own connections to Redis. */
  readonly connections: RedisProvider
  readonly redis: Redis
  readonly servers: RunningServer[] = []
  readonly people: Person[] = []
  readonly #settings: Partial<Config>
  #meetings = 0
  /** Of this one alone; made by the first file. */
  readonly dataDir = path.join(os.tmpdir(), `brook-files-${randomUUID()}`)

  private constructor(stores: PrivateStores, settings: Partial<Config>) {
    this.stores = stores
    this.#settings = settings
    this.db = new Db(stores.mysql, 3)
    this.connections = new RedisProvider(stores.redis)
    this.redis = this.connections.shard(0).asker
  }

  /** Fresh stores and one server. `port`: of that one. */
  static async start(
    { port = 0, ...settings }: Partial<Config> = {},
    stores = privateStores(),
  ): Promise<Brook> {
    const brook = new Brook(await stores, settings)
    await brook.connections.ready(10_000)
    await brook.serve({ port })
    return brook
  }

  /** Of a server in a test. */
  static readonly settings = {
    host: '127.0.0.1',
    port: 0,
    metricsPort: undefined,
    metricsToken: undefined,
    dataDir: path.join(os.tmpdir(), 'brook-unused'),
    syncCron: '* * * * * *',
    logShards: 1,
    pacing: false,
    entry: {},
    bots: false,
    allowUnsafeStores: false,
    webhookPrivate: false,
    linkCardsPrivate: false,
    trustProxy: 'loopback',
    logLevel: 'silent',
    logFormat: 'json' as const,
    publicUrl: undefined,
    allowedHosts: [],
    drainSeconds: 0,
    oidc: undefined,
    mail: undefined,
    ldap: undefined,
    s3: undefined,
    filesIn: 'disk' as const,
    backup: undefined,
  }

  get config() {
    return { ...Brook.settings, dataDir: this.dataDir, ...this.#settings, ...this.stores.given }
  }

  /** One more server on the same stores. `settings`: in which it differs. */
  async serve(settings: Pick<Partial<Config>, 'backup' | 'port'> = {}): Promise<Address> {
    const server = await runServer({ ...this.config, ...settings })
    this.servers.push(server)
    return server.address
  }

  /** A guest with a connection. `server`: which of the servers, from 0. */
  async enter(name: string, server = 0): Promise<Person> {
    const person = await this.arrive(name, server)
    await person.connects()
    return person
  }

  async arrive(name: string, server = 0): Promise<Person> {
    const address = this.servers[server]?.address ?? ''
    const person = await Person.arrive(address, name)
    this.people.push(person)
    return person
  }

  /** A new public room with all of them in it, which becomes the default room of each. The first one is its owner. */
  async meet(owner: Person, ...others: Person[]): Promise<RoomSummary> {
    this.#meetings += 1
    const room = await owner.makes(`meeting ${this.#meetings}`)
    for (const one of others) {
      await one.joins(room.id)
      await until(() => one.heard.some((event) => event.type === 'room' && event.room.id === room.id))
    }
    return room
  }

  /** Somebody who is here becomes an administrator. */
  async makesAdmin({ user }: Pick<Person, 'user'>): Promise<void> {
    await this.db.run('UPDATE users SET is_admin = 1 WHERE id = ?', [user.id])
    const sessions = new Sessions(this.db, this.connections.cache, { deliver: () => Promise.resolve(true) })
    await this.connections.ready(10_000)
    await sessions.refreshAll(user.id)
  }

  /** A bot without a token. */
  async addBot(name: string): Promise<{ id: string; name: string; bot: true }> {
    const columns = 'INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)'
    const { insertId } = await this.db.run(columns, [[name, name, 1, new Date()]])
    return { id: insertId, name, bot: true }
  }

  /** One number of a server's /metrics. */
  async metric(name: string, server = 0): Promise<number> {
    const text = await (await fetch(`${this.servers[server]?.address}/metrics`)).text()
    const line = text.split('\n').find((row) => row.startsWith(`${name} `))
    return Number(line?.split(' ')[1])
  }

  /** A sync that runs when the test says so. */
  sync(options: { holder?: string; shard?: number } = {}): Sync {
    const { holder = 'test', shard = 0 } = options
    return new Sync({
      db: this.db,
      redis: this.redis,
      shard,
      holder,
      archive: archiveOf(this.db, this.config.logShards),
      onArchived: () => undefined,
      onError: () => undefined,
    })
  }

  /** Archives everything in the log. */
  async archive(): Promise<void> {
    const sync = this.sync()
    const outcome = await sync.run()
    await sync.close()
    if (outcome !== 'archived') throw new Error('another sync holds the archive')
  }

  /** What the sweep of files does. `later`: as if it were so many ms later. */
  async sweepFiles(later = 0): Promise<Swept> {
    const parts = new Parts(path.join(this.dataDir, 'uploads'), new Hashes())
    const { store, close } = openBlobs(this.config)
    const swept = await sweep({
      db: this.db,
      // As of one that has archived everything.
      log: { hasOpened: true, tail: () => undefined },
      blobs: new Blobs({ db: this.db, store }),
      parts,
      signal: new AbortController().signal,
      now: () => Date.now() + later,
    })
    close()
    return swept
  }

  /** The hashes of all bytes that are kept. */
  async keptFiles(): Promise<string[]> {
    const hashes: string[] = []
    for await (const { key } of new DiskStore(path.join(this.dataDir, 'files')).list('blobs/'))
      hashes.push(key.replace('blobs/', ''))
    return hashes
  }

  /** Indexes everything in MySQL for search. Returns the number of messages. */
  async index(): Promise<number> {
    let done = 0
    for await (const { messages } of indexAll(this.db)) done += messages
    return done
  }

  async stop(): Promise<void> {
    for (const person of this.people) person.drops()
    for (const server of this.servers) await server.close()
    this.connections.close()
    await this.db.close()
    await this.stores.stop()
    await rm(this.dataDir, { recursive: true, force: true })
  }
}
