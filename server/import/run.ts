// Runs an import: takes a lock, so that there is only one at a time; waits until every entry of the log is archived; then
// goes room by room, fetching pages ahead. Run again, it finds what is here and adds what is not.
import type { Signal } from '../bus.ts'
import { Share } from '../channel/share.ts'
import { group } from '../channel/group.ts'
import { pipeline } from '../channel/pipeline.ts'
import type { MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import { runSync } from '../history/sync/run-sync.ts'
import type { Config } from '../config.ts'
import type { Bringing } from '../files/bringing.ts'
import { openBringing } from '../files/open-bringing.ts'
import { alone } from '../lock-row.ts'
import { BulkLog } from '../log/bulk.ts'
import { dropAll } from '../redis/cache.ts'
import { RedisProvider } from '../redis/provider.ts'
import { kindOf } from '../protocol/room-kinds.ts'
import type { Say } from '../logging/say.ts'
import { bringEmoji } from './emoji.ts'
import { ImportedDirects } from './directs.ts'
import { LoadWatch } from './load.ts'
import { People } from './people.ts'
import { progressLine } from './progress.ts'
import { countPins, enterRoom, findRoom, isOwnerless, settleRoom, type SettledRoom } from './rooms.ts'
import { ImportError, type Refuse, type Source, type SourceRoom } from './source.ts'
import { RoomWriter, type Counts } from './write-room.ts'

export interface ImportOptions {
  config: Config & { redis: RedisAddress; mysql: MysqlAddress }
  source: Source
  /** 100 permits: entries a second that the log is assumed to handle; the import takes at most 80 of them. */
  rate: number
  dryRun: boolean
  matchUsers: boolean
  /** An account to add to every imported private room, as its owner. */
  owner?: string
  /** Names of rooms; none: all. */
  only?: readonly string[]
  refuse: Refuse
  say: Say
  signal: AbortSignal
}

export interface Summary extends Counts {
  rooms: number
  people: number
  /** New ones of its own. */
  emoji: number
  matched: number
  seconds: number
}

const reachWithinMs = 10_000

/** Rooms at a time: enough to keep both sides busy while one room's page is slow, few enough to fit in memory. */
const roomsAtOnce = 3

/** @throws ImportError, BulkEnded, or the signal's reason; what was imported until then stays, and is recognised next time */
export async function runImport(options: ImportOptions): Promise<Summary> {
  const { config, dryRun, say } = options
  const db = new Db(config.mysql, roomsAtOnce + 3)
  try {
    if (dryRun) return await new Import(options, db, {}).run()
    const done = await alone(db, 'import', async (lock) => {
      const signal = AbortSignal.any([options.signal, lock.signal])
      const archive = archiveOf(db, config.logShards)
      const redis = new RedisProvider(config.redis)
      const log = await BulkLog.open({ redis, shards: config.logShards, archive })
      // If no other sync is running, this one archives the log; otherwise it waits for the lease.
      const sync = await runSync(config, { say: () => undefined })
      const { bringing, close } = await openBringing({ db, redis, config })
      const watch = new LoadWatch(async () => {
        await log.tell()
        return log.load()
      })
      try {
        say('Waiting until everything sent so far is archived', 'passing')
        await log.archived(signal)
        const share = new Share(options.rate, () => watch.busyness)
        const told = new Map<string, Signal>()
        const tell = ({ id: room, hasNewTopic = false }: SettledRoom): void => {
          const signal = { kind: 'imported', room, hasNewTopic } as const
          told.set(room, signal)
          redis.bus.publish(signal)
        }
        const tellEmoji = (): void => redis.bus.publish({ kind: 'emoji' })
        const summary = await new Import({ ...options, signal }, db, {
          log,
          share,
          tell,
          tellEmoji,
          bringing,
        }).run()
        say('Waiting until everything imported is archived', 'passing')
        await log.archived(signal)
        await log.tell()
        // Again, for whoever asked a slow MySQL and was answered from the cache, or asked a moment before the people were in the
        // room; and awaited, before the connection ends.
        const { common } = redis
        await redis.ready(reachWithinMs)
        await dropAll(common, ['room'])
        await Promise.all([...told.values()].map((signal) => redis.bus.deliver(signal)))
        return summary
      } finally {
        watch.close()
        close()
        await sync.close()
        redis.close()
      }
    })
    if (done === undefined) throw new ImportError('another import is running; try again when it has finished')
    return done
  } finally {
    await db.close()
  }
}

/** Where the history goes; nothing: a dry run. `tell`: people who are online learn of a room. */
interface Into {
  log?: BulkLog
  share?: Share
  tell?: (room: SettledRoom) => void
  /** The servers have new emoji. */
  tellEmoji?: () => void
  bringing?: Bringing
}

const isDirect = ({ kind }: SourceRoom): boolean => kindOf(kind).madeBy === 'people'

class Import {
  readonly #options: ImportOptions
  readonly #db: Db
  readonly #log: BulkLog | undefined
  readonly #share: Share | undefined
  readonly #tellOf: Into['tell']
  readonly #tellEmoji: Into['tellEmoji']
  readonly #bringing: Bringing | undefined
  readonly #people: People
  readonly #directs: ImportedDirects
  readonly #began = performance.now()
  readonly #counts: Counts = {
    read: 0,
    messages: 0,
    edits: 0,
    deletions: 0,
    reactions: 0,
    pins: 0,
    votes: 0,
    files: 0,
    known: 0,
  }
  readonly #done = new Map<string, number>()
  #of = 0

  constructor(options: ImportOptions, db: Db, { log, share, tell, tellEmoji, bringing }: Into) {
    this.#options = options
    this.#db = db
    this.#log = log
    this.#share = share
    this.#tellOf = tell
    this.#tellEmoji = tellEmoji
    this.#bringing = bringing
    const { source, matchUsers, dryRun, refuse } = options
    const person = (ref: string) => source.person(ref)
    this.#people = new People({ db, source: source.name, person, matchUsers, dryRun })
    this.#directs = new ImportedDirects({ db, source: source.name, people: this.#people, person, refuse })
  }

  async run(): Promise<Summary> {
    const { source, only, signal, dryRun, refuse } = this.#options
    const emoji = await bringEmoji({ db: this.#db, source, dryRun, refuse, signal })
    if (emoji > 0) this.#tellEmoji?.()
    const all = await source.rooms(signal)
    const missing = only?.find((name) => !all.some((room) => room.name === name))
    if (missing !== undefined) throw new ImportError(`the source has no room "${missing}"`)
    const wanted = only === undefined ? all : all.filter(({ name }) => only.includes(name))
    const rooms = wanted.filter((room) => !isDirect(room) || this.#directs.takes(room))
    this.#of = rooms.reduce((sum, { size }) => sum + size, 0)
    await group(rooms, roomsAtOnce, (room, stop) => this.#room(room, stop), signal)
    const { made, matched } = this.#people.counts
    const seconds = (performance.now() - this.#began) / 1_000
    return { ...this.#counts, rooms: rooms.length, people: made, matched, emoji, seconds }
  }

  async #room(room: SourceRoom, signal: AbortSignal): Promise<void> {
    const { source, refuse } = this.#options
    const settled = await this.#settle(room)
    if (settled.isNew) this.#tellOf?.(settled)
    const headBefore = this.#log === undefined ? 0 : await this.#headOf(settled.id)
    const writer = new RoomWriter({
      db: this.#db,
      log: this.#log,
      share: this.#share,
      people: this.#people,
      bringing: this.#bringing,
      refuse,
      source: source.name,
      room: settled,
      ref: room.ref,
      counts: this.#counts,
      pins: settled.isNew ? 0 : await countPins(this.#db, settled.id),
    })
    await pipeline(
      (stop) => source.pages(room, stop),
      async (page, stop) => {
        await writer.write(page, stop)
        this.#done.set(room.ref, page.read)
        this.#tell()
      },
      { signal },
    )
    this.#done.set(room.ref, room.size)
    if (this.#log !== undefined) await this.#enter(room, settled, headBefore)
    this.#tellOf?.(settled)
    this.#tell()
  }

  async #settle(room: SourceRoom): Promise<SettledRoom> {
    const { source, dryRun } = this.#options
    if (dryRun)
      return (await findRoom(this.#db, source.name, room.ref)) ?? { id: '0', name: room.name, isNew: true }
    if (isDirect(room)) return this.#directs.settle(room)
    const creator = room.creator === undefined ? [] : [room.creator]
    const accounts = await this.#people.settle(creator)
    return settleRoom(this.#db, source.name, room, accounts.get(room.creator ?? '')?.id)
  }

  async #enter(room: SourceRoom, settled: SettledRoom, headBefore: number): Promise<void> {
    const { owner } = this.#options
    const headAfter = Math.max(headBefore, this.#log?.head(settled.id) ?? 0)
    if (isDirect(room)) return this.#directs.enter(room, settled, { headBefore, headAfter })
    const accounts = await this.#people.settle(room.members)
    const people = room.members.flatMap((ref) => accounts.get(ref)?.id ?? [])
    const { hasHeir } = kindOf(room.kind)
    if (hasHeir && owner !== undefined) people.push(owner)
    // It keeps an owner as long as somebody is in it.
    const needsOwner = hasHeir && (await isOwnerless(this.#db, settled.id))
    const creator = accounts.get(room.creator ?? '')?.id
    const first = owner ?? (creator !== undefined && people.includes(creator) ? creator : people[0])
    await enterRoom(this.#db, {
      room: settled.id,
      people,
      headBefore,
      headAfter,
      owner: needsOwner ? first : undefined,
    })
  }

  /** Everything is archived when a room's import begins, except for what people send at the same time. */
  async #headOf(room: string): Promise<number> {
    const [row] = await this.#db.rows<{ head: number | null }>(
      'SELECT MAX(updated_seq) AS head FROM messages WHERE room_id = ?',
      [BigInt(room)],
    )
    return Number(row?.head ?? 0)
  }

  #tell(): void {
    const done = [...this.#done.values()].reduce((sum, read) => sum + read, 0)
    const { messages, known } = this.#counts
    const elapsed = performance.now() - this.#began
    this.#options.say(progressLine({ done, of: this.#of, messages, known }, elapsed), 'passing')
  }
}
