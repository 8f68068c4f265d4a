// Deciding in one process: a notifier for each shard, of which one process holds the lease; and what becomes of it is told to
// every process.
import { Bots, builtinDuty } from '../bot/bots.ts'
import type { Bus } from '../bus.ts'
import type { Core } from '../core.ts'
import type { History } from '../history/history.ts'
import type { Entry } from '../log/entry.ts'
import { newHolder, ShardReaders } from '../log-reader/shard-readers.ts'
import type { Memberships } from '../membership/memberships.ts'
import { limits } from '../protocol/limits.ts'
import { Audience, blockersOf, type AudienceDeps } from './audience.ts'
import type { DecideDeps } from './decide.ts'
import type { Written } from './decision.ts'
import { KeywordBook } from './keyword-book.ts'
import type { NotifySettingsStore } from './settings.ts'
import { notifyCursors, ShardNotifier, type ShardNotifierDeps } from './shard-notifier.ts'
import { usersToldSince } from './told.ts'

export interface DecidingDeps {
  history: History
  memberships: Memberships
  settings: NotifySettingsStore
}

/** What deciding reads. */
export function decideDeps(
  { db, log }: Pick<Core, 'db' | 'log'>,
  { history, settings, readTo }: Pick<DecidingDeps, 'history' | 'settings'> & Pick<AudienceDeps, 'readTo'>,
): DecideDeps & Pick<ShardNotifierDeps, 'db' | 'log'> {
  return {
    db,
    log,
    history,
    audience: new Audience({ db, readTo }),
    keywords: new KeywordBook(settings),
    reminder: async () => (await Bots.findByDuty(db, builtinDuty))?.id,
    blockers: (authors, users) => blockersOf(db, authors, users),
  }
}

/** People of one signal on the bus, some 10 bytes each: Redis and its subscribers are not strained. */
const usersAtOnce = 2_000

export class Deciding {
  readonly #core: Core
  readonly #shards: ShardReaders

  constructor(core: Core, { history, memberships, settings }: DecidingDeps) {
    this.#core = core
    const { metrics, onError } = core
    const shards = core.config.logShards
    const decided = metrics.counter('brook_decided_entries_total', 'Entries of which was decided who is told')
    const told = metrics.counter('brook_told_total', 'People who were told of something, once for each thing')
    const slow = metrics.counter('brook_deciding_seconds_total', 'Time that deciding took, in seconds')
    const shared = {
      ...decideDeps(core, {
        history,
        settings,
        readTo: (user, room) => memberships.markers.positionOf(user, room),
      }),
      shards,
      holder: newHolder(),
      onTaken: () => void this.#retell(),
      onWritten: (written: Written) => {
        told.inc(written.told.reduce((sum, { users }) => sum + users.length, 0))
        tellAll(core.bus, written)
      },
      onDecided: (entries: number, ms: number) => {
        decided.inc(entries)
        slow.inc(ms / 1_000)
      },
      onError,
    }
    const readers = Array.from({ length: shards }, (_, shard) => new ShardNotifier({ ...shared, shard }))
    this.#shards = new ShardReaders(core, notifyCursors, readers)
  }

  /** Called once the log is open, and before anybody is served. */
  open(): Promise<void> {
    return this.#shards.open()
  }

  hear(entries: readonly Entry[]): void {
    this.#shards.hear(entries)
  }

  /** Signals may have got lost. */
  reconnected(): void {
    if (this.#shards.holds) void this.#retell()
  }

  async close(): Promise<void> {
    await this.#shards.close()
  }

  /** Whoever was told of something in the last moments reads again what is to do. */
  async #retell(): Promise<void> {
    const { db, bus, onError } = this.#core
    try {
      const since = Date.now() - 2 * 1_000 * limits.notify.leaseSeconds
      const changed = await usersToldSince(db, since)
      if (changed.length > 0) tellAll(bus, { told: [], gone: [], changed })
    } catch (error) {
      onError(error, 'telling again who was told')
    }
  }
}

function tellAll(bus: Bus, { told, gone, changed }: Written): void {
  for (const { mark, users } of told)
    for (const some of inParts(users)) bus.publish({ kind: 'notified', users: some, event: { told: mark } })
  for (const { room, seq, users } of gone)
    for (const some of inParts(users))
      bus.publish({ kind: 'notified', users: some, event: { gone: { room, seq } } })
  for (const some of inParts(changed)) bus.publish({ kind: 'notified', users: some, event: {} })
}

function* inParts(users: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < users.length; at += usersAtOnce) yield users.slice(at, at + usersAtOnce)
}
