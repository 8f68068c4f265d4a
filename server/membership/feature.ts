// Rooms and their members. Receives entries before the rooms do: when a room's listener hears of a join, the person's
// name is already known.
import type { NewcomerRules } from '../access/newcomers.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Entry } from '../log/entry.ts'
import type { Metrics } from '../metrics.ts'
import type { BanList } from '../moderation/ban-list.ts'
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
}

export function membershipFeature(
  { db, bus, cache, log, logger, metrics, rateLimits, onError }: Core,
  { history, presence, bans, newcomerRules, wordRules }: MembershipFeatureDeps,
): Feature & MembershipApi {
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
    isOutOf: (person, room) => bans.isOutOf(person, room),
    rateLimits,
    onError,
    watch: metrics.flights,
    onHappening: (happening) => rules.happened(happening),
    onUntold: ({ room, notice }, { code, detail }) =>
      logger.info({ room, notice: notice.kind, code, detail }, 'a notice is sent later'),
  })
  const { people, markers, notices, roster } = memberships
  const settings = new OwnSettings({ db, bus, roster })
  const untold = new Repeated({
    everyMs: limits.untold.everyMs,
    run: () => notices.tellAll(),
    onError: (error) => onError(error, 'telling notices late'),
  })
  const gate = new Gate({
    memberships,
    bans,
    newcomerRules,
    rules,
    restrictions: new Restrictions(cache),
    rateLimits,
  })
  countMarkers(metrics, markers)
  return {
    memberships,
    gate,
    open: async () => {
      await memberships.ensureDefaultRoom()
      await rules.open()
    },
    onEntries: (entries, jumps) => {
      people.hear(entries)
      rules.hear(entries)
      if (jumps.length > 0) rules.doubt()
      people.doubt([...jumps.map(({ room }) => room), ...entries.flatMap(restoredRoom)])
      forgetNewcomers(markers, entries)
    },
    onNewEpoch: () => {
      people.doubt()
      rules.doubt()
    },
    onReconnect: () => {
      untold.soon()
      rules.doubt()
    },
    onSignal: (signal) => {
      if (signal.kind === 'read') markers.heard({ ...signal, generation: signal.turn ?? 0 })
    },
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
