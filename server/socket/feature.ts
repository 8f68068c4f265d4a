// Connected browsers and bots: who is online, what each room sends them, and their requests.
import { randomBytes } from 'node:crypto'
import type { LongPolls } from '../bot/long-polls.ts'
import type { Commands } from '../commands/commands.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { MembershipApi } from '../membership/feature.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { KnownEmoji } from '../custom-emoji/known-emoji.ts'
import type { CustomEmojiEvent } from '../protocol/events.ts'
import type { PresentNames } from '../naming/present-names.ts'
import { Reading, readEventOf } from '../membership/reading.ts'
import type { PostingApi } from '../posting/feature.ts'
import type { PresentProfiles } from '../profiles/present-profiles.ts'
import type { Watchers } from '../profiles/watchers.ts'
import { closes } from '../protocol/errors.ts'
import { rates } from '../protocol/rates.ts'
import { storeBuckets } from '../store-watch.ts'
import { webBuild } from '../web-build.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { Rooms } from '../room/rooms.ts'
import type { ConnectionCounts } from './connection.ts'
import { ConnectionRegistry } from './connection-registry.ts'
import { Presence } from './presence.ts'
import { Rechecks } from './rechecks.ts'
import { tellNames } from './tell-names.ts'
import { SendTimes } from './send-times.ts'
import { socketRoute, turnAwayBanned } from './route.ts'

export interface LiveApi {
  rooms: Rooms
  presence: Presence
}

/** The rooms that have listeners on this process, and who is online anywhere. */
export function liveFeature(
  { bus, log, metrics }: Core,
  { present }: { present: Pick<PresentProfiles, 'choiceOf'> },
): Feature & LiveApi {
  const turn = metrics.histogram(
    'brook_turn_seconds',
    'Turns of rooms: from when events are ready until all who listen on this process have them',
    { buckets: storeBuckets },
  )
  const rooms = new Rooms((ms) => turn.observe(ms / 1_000))
  const { choiceOf } = present
  const presence = new Presence({ bus, rooms, log, process: randomBytes(6).toString('base64url'), choiceOf })
  metrics.gauge('brook_rooms_open', 'Rooms with a listener, of each process', () => rooms.count)
  return {
    rooms,
    presence,
    onEntries: async (entries, jumps) => {
      for (const { room, from, to } of jumps) await rooms.find(room)?.send({ type: 'gap', room, from, to })
      await rooms.tell(entries)
    },
    onArchived: (room, seq) => rooms.announce({ type: 'archived', room, seq }),
    onSignal: (signal) => {
      if (signal.kind !== 'typing') return
      const { kind: type, ...typing } = signal
      rooms.announce({ type, ...typing })
    },
    close: () => {
      presence.close()
      rooms.close()
    },
  }
}

export interface SocketFeatureDeps extends LiveApi, MembershipApi, PostingApi {
  history: History
  commands: Commands
  longPolls: LongPolls
  sessions: Sessions
  bans: BanList
  names: PresentNames
  customEmoji: Pick<KnownEmoji, 'version' | 'onChange'>
  present: PresentProfiles
  watchers: Watchers
}

function countFrames({ metrics, logger }: Pick<Core, 'metrics' | 'logger'>): ConnectionCounts {
  const frames = metrics.counter('brook_frames_total', 'Frames written to sockets')
  const bytes = metrics.counter('brook_frame_bytes_total', 'Bytes of those frames')
  const tooSlow = metrics.counter('brook_too_slow_total', 'Readers closed as too slow')
  const refusals = metrics.counter('brook_socket_refusals_total', 'Requests refused on sockets, by code', {
    code: [],
  })
  return {
    frame: (size: number): void => {
      frames.inc()
      bytes.inc(size)
    },
    tooSlow: (): void => tooSlow.inc(),
    refused: (code, { user, address, request }) => {
      refusals.inc({ code })
      logger.debug({ part: 'socket', code, request, user: user.id, address }, 'refused on a socket')
    },
  }
}

/** The connections. Moves people after the rooms have received the event. */
export function socketFeature(core: Core, given: SocketFeatureDeps): Feature {
  const { bus, log, metrics, rateLimits, onError } = core
  const { memberships } = given
  const connections = new ConnectionRegistry({ ...given, nameOf: given.names.of, log, onError })
  const rechecks = new Rechecks({ ...given, connections, onError })
  given.bans.onChange(() => {
    for (const connection of connections) turnAwayBanned(connection, given.bans)
  })
  given.names.onChange((people) => tellNames(connections, given.names, people))
  given.customEmoji.onChange((version) => {
    const event: CustomEmojiEvent = { type: 'custom_emoji', version }
    const lines = [JSON.stringify(event)]
    for (const connection of connections) connection.tellLines(lines)
  })
  const { ownLook } = given.present
  given.present.onChange((people) => {
    for (const id of people) connections.tellPerson(id, { type: 'me', look: ownLook(id) })
  })
  let isStopping = false
  metrics.gauge('brook_sockets', 'Open WebSocket connections', () => connections.count)
  const counts = countFrames(core)
  const times = new SendTimes(metrics)
  const deps = {
    ...given,
    connections,
    rechecks,
    bus,
    log,
    counts,
    times,
    onError,
    build: () => webBuild.id,
    reading: new Reading({ markers: memberships.markers, log, history: given.history }),
    ownLook,
    resumes: new RateLimiter(rates.resume, rateLimits),
    looks: new RateLimiter(rates.watch, rateLimits),
    handshakes: new RateLimiter(rates.handshake, rateLimits),
    isOpen: () => !isStopping && log.hasOpened,
  }
  return {
    onEntries: (entries) => {
      times.heard(entries)
      // Who is in it again is in no notice.
      if (entries.some(({ event }) => event.type === 'notice' && event.notice.kind === 'undeleted'))
        rechecks.doubt()
      return connections.move(entries)
    },
    onNewEpoch: (shard) => connections.closeIn((room) => log.shardOf(room) === shard, closes.moving),
    onSignal: (signal) => {
      if (signal.kind === 'event') connections.tellPerson(signal.user, signal.event)
      else if (signal.kind === 'notified')
        for (const user of signal.users) connections.tellPerson(user, { type: 'inbox', ...signal.event })
      else if (signal.kind === 'read') connections.tellRead(signal.user, readEventOf(signal))
      else if (signal.kind === 'listed') connections.list(signal.user, signal.room, signal.upto)
      else if (signal.kind === 'signed-out') connections.signOut(signal.session)
      else if (signal.kind === 'standing')
        // They come back as what they are.
        for (const connection of connections.of(signal.user)) connection.close(closes.moving)
      else if (signal.kind === 'imported') {
        void connections.offer(signal.room)
        if (signal.hasNewTopic === true) connections.retell(signal.room)
        rechecks.doubt()
      }
    },
    onReconnect: () => rechecks.doubt(),
    routes: async (app) => socketRoute(app, deps),
    beforeClose: () => {
      isStopping = true
      return connections.moveAway()
    },
    close: () => rechecks.close(),
  }
}
