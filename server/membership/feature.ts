// Rooms and their members. Receives entries before the rooms do: when a room's listener hears of a join, the person's
// name is already known.
import type { NewcomerRules } from '../access/newcomers.ts'
import type { Signal } from '../bus.ts'
import type { Core } from '../core.ts'
import type { Blocks } from '../directs/blocks.ts'
import { Writing } from '../directs/writing.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Entry } from '../log/entry.ts'
import type { Metrics } from '../metrics.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { PresentNames } from '../naming/present-names.ts'
import { Restrictions } from '../posting/restrictions.ts'
import { Gate } from '../posting/gate.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import type { Presence } from '../socket/presence.ts'
import type { WordRules } from '../word-rules/rules.ts'
import { Memberships } from './memberships.ts'
import { OwnSettings } from './own-settings.ts'
import type { ReadMarkers } from './read-markers.ts'
import { forgetNewcomers } from './reading.ts'
import { RoomRules } from './room-rules.ts'
import { roomRoutes } from './routes.ts'

export interface MembershipApi {
  memberships: Memberships
  gate: Gate
}

interface MembershipFeatureDeps {
  history: History
  presence: Presence
  bans: BanList
  newcomerRules: NewcomerRules
  wordRules: WordRules
  names: Pick<PresentNames, 'of'>
  blocks: Blocks
}

export function membershipFeature(
  { db, bus, cache, log, logger, metrics, rateLimits, onError }: Core,
  { history, presence, bans, newcomerRules, wordRules, names, blocks }: MembershipFeatureDeps,
): Feature & MembershipApi & { writing: Writing; ownSettings: OwnSettings } {
  const rules = new RoomRules(db, onError)
  const memberships = new Memberships({
    db,
    cache,
    log,
    history,
    presence,
    bans,
    newcomerRules,
    wordRules,
    nameOf: names.of,
    isOutOf: (person, room) => bans.isOutOf(person, room),
    rateLimits,
    onError,
    watch: metrics.flights,
    onHappening: (happening) => rules.happened(happening),
    onUntold: ({ room, notice }, { code, detail }) =>
      logger.info({ room, notice: notice.kind, code, detail }, 'a notice is sent later'),
  })
  const { people, markers, notices, roster, directs } = memberships
  const settings = new OwnSettings({ db, bus, roster })
  const untold = new Repeated({
    everyMs: limits.untold.everyMs,
    run: () => notices.tellAll(),
    onError: (error) => onError(error, 'telling notices late'),
  })
  const writing = new Writing({ blocks, bans, directs, rooms: memberships })
  const gate = new Gate({
    memberships,
    bans,
    newcomerRules,
    rules,
    restrictions: new Restrictions(cache),
    writing,
    rateLimits,
  })
  const doubtRooms = (): void => {
    rules.doubt()
    directs.doubt()
  }
  countMarkers(metrics, markers)
  return {
    memberships,
    gate,
    writing,
    ownSettings: settings,
    open: async () => {
      await memberships.ensureDefaultRoom()
      await rules.open()
    },
    onEntries: (entries, jumps) => {
      people.hear(entries)
      directs.hear(entries)
      rules.hear(entries)
      if (jumps.length > 0) doubtRooms()
      people.doubt([...jumps.map(({ room }) => room), ...entries.flatMap(restoredRoom)])
      forgetNewcomers(markers, entries)
    },
    onNewEpoch: () => {
      people.doubt()
      doubtRooms()
    },
    onReconnect: () => {
      untold.soon()
      doubtRooms()
    },
    onSignal: (signal) => hearSignal(memberships, signal),
    routes: (app) => roomRoutes(app, { gate, memberships, settings }),
    close: async () => {
      await untold.close()
      await rules.close()
      await memberships.close()
    },
  }
}

/** Who is in it again is in no notice. */
const restoredRoom = ({ event, room }: Entry): string[] =>
  event.type === 'notice' && event.notice.kind === 'undeleted' ? [room] : []

function countMarkers(metrics: Metrics, markers: ReadMarkers): void {
  for (const [count, help] of [
    ['values', 'Read markers that people moved'],
    ['merged', 'Markers merged with an earlier one of the same person and room before it was written'],
    ['refused', 'Markers refused because the queue was full; a later read repeats them'],
    ['flushes', 'Statements that wrote markers, many rows each'],
    ['retries', 'Statements that failed and were retried'],
  ] as const)
    metrics.total(`brook_read_marker_${count}_total`, help, () => markers.counts[count])
  metrics.gauge(
    'brook_read_markers_waiting',
    'Read markers that are not written to MySQL yet',
    () => markers.waiting,
  )
}

function hearSignal(memberships: Memberships, signal: Signal): void {
  if (signal.kind === 'imported') memberships.enteredUnsaid(signal.room)
  if (signal.kind === 'read') memberships.markers.heard({ ...signal, generation: signal.turn ?? 0 })
}
