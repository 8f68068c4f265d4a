// Starts and stops the server process: makes each part once, gives it what it needs, and ends them in the other order.
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { pino } from 'pino'
import { Accounts } from './account/accounts.ts'
import { Passwords } from './account/passwords.ts'
import { Sessions } from './account/sessions.ts'
import { buildApp } from './app.ts'
import { Bell } from './bot/bell.ts'
import { Bots } from './bot/bots.ts'
import { Feed } from './bot/feed.ts'
import { Polls } from './bot/poll.ts'
import { openBus, type Bus } from './bus.ts'
import { Commands } from './commands/commands.ts'
import type { FlightWatch } from './channel/single-flight.ts'
import type { Config, MysqlAddress, RedisAddress } from './config.ts'
import { Db, isConnectionLost } from './db.ts'
import { archiveOf } from './history/sync/checkpoint.ts'
import { ArchiveOverview } from './history/sync/overview.ts'
import { History } from './history/history.ts'
import { Moments } from './history/moments.ts'
import { Pins } from './history/pins.ts'
import { Revisions } from './history/revisions.ts'
import { findCid } from './history/sql/messages.ts'
import { Deliverer } from './hook/deliverer.ts'
import { IncomingHooks } from './hook/incoming.ts'
import { OutgoingHooks } from './hook/outgoing.ts'
import { Log } from './log/log.ts'
import { Memberships } from './membership/memberships.ts'
import { forgetNewcomers, readTo } from './membership/reading.ts'
import { openMetrics, type Numbers } from './metrics.ts'
import { Pace } from './pace.ts'
import { closes } from './protocol/errors.ts'
import { rates } from './protocol/limits.ts'
import { connectRedis, redisCache, subscriberOptions, writerOptions } from './redis.ts'
import { Changes } from './room/changes.ts'
import { Rpc } from './rpc/rpc.ts'
import { findMentions } from './room/mentions.ts'
import { Rooms } from './room/rooms.ts'
import { rootOf, type Threads } from './room/threads.ts'
import { searchLag } from './search/lag.ts'
import { Saved } from './saved/saved.ts'
import { Search } from './search/search.ts'
import { hearSignals } from './signals.ts'
import { Crowd } from './socket/crowd.ts'
import { Presence } from './socket/presence.ts'
import type { ThreadRoutes } from './thread/routes.ts'
import { FollowedThreads } from './thread/threads.ts'

export type ServerConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

export interface RunningServer {
  address: string
  close(): Promise<void>
}

export interface Server extends RunningServer {
  /** What /metrics tells of this process alone. */
  numbers(): Promise<Numbers>
}

/** The place of a server that shares its port with others (server/workers). */
export interface Seat {
  /** 1 and up; log lines carry it. */
  seat: number
  /** The others serve already: no connection is taken before the log is open. */
  opensFirst: boolean
  /** The numbers of all, this process included; nothing when they cannot be had. */
  gather: () => Promise<Numbers[]>
}

/** A server on these stores, listening once this resolves. Waits for stores that are away; throws when the port is taken. */
export async function runServer(config: ServerConfig, seat?: Seat): Promise<Server> {
  let isStopping = false
  const named = seat === undefined ? {} : { base: { pid: process.pid, worker: seat.seat } }
  const logger = pino({ level: config.logLevel, ...named })
  const onTrouble = (error: unknown, where: string): void => logger.warn({ err: error }, where)
  const lifted = { lifted: !config.pacing }

  const watch: FlightWatch = (kind, outcome) => metrics.flight(kind, outcome)

  // The stores, and the bus between processes.
  const db = new Db(config.mysql)
  const near = connectRedis(config.redis, writerOptions(2_000))
  const ear = connectRedis(config.redis, subscriberOptions)
  const cache = redisCache(near)
  const bus: Bus = openBus(near, ear, (error) => onTrouble(error, 'the bus'))

  // The log, and the rooms it tells. Entries reach the rooms first and move people second.
  const log: Log = new Log({
    redis: config.redis,
    shards: config.logShards,
    archive: archiveOf(db, config.logShards),
    findCid: (userId, cid) => findCid(db, userId, cid),
    onEntries: async (entries, jumps) => {
      metrics.entries(entries.length)
      for (const { room, from, to } of jumps) await rooms.find(room)?.send({ type: 'gap', room, from, to })
      await rooms.tell(entries)
      bell.entries(entries)
      deliverer.wake(entries.map(({ room }) => room))
      if (!entries.some(({ event }) => event.type === 'notice')) return
      forgetNewcomers(memberships.markers, entries)
      crowd.move(entries)
    },
    onArchived: (room, seq) => void rooms.find(room)?.send({ type: 'archived', room, seq }),
    onNewEpoch: () => {
      crowd.closeAll(closes.moving)
      bell.newEpoch()
    },
    onTrouble,
  })
  // Whom a text names is asked of those who know the rooms, which come further down.
  const mentionsOf = findMentions({
    circleOf: (userId, room) => memberships.circle(userId, room),
    isAdministrator: (userId) => [...crowd.of(userId)].some(({ user }) => user.admin),
    onLooked: (outcome) => metrics.looked(outcome),
  })
  const changes = new Changes({
    append: log.append,
    mentionsOf,
    find: (room, seq) => history.find(room, seq),
    findChange: (userId, which) => history.findChange(userId, which),
    countPins: (room) => pins.count(room),
    may: (right, userId, room) => memberships.roles.may(right, userId, room),
  })
  const replying: Threads = {
    find: (room, seq) => history.find(room, seq),
    findChange: (userId, which) => history.findChange(userId, which),
    replied: (reply) =>
      void threads
        .newFollowers(reply)
        .then((found) => {
          for (const [user, standing] of found) tellThread(user, { ...reply.place, ...standing })
        })
        .catch((error: unknown) => onTrouble(error, 'telling of a followed thread')),
  }
  const rooms = new Rooms(log.append, (room) => log.tail(room)?.head(room) ?? 0, mentionsOf, replying)
  const history = new History(db, (room) => log.tail(room), watch)
  const pins = new Pins({
    ...{ db, watch, tailOf: (room) => log.tail(room) },
    messages: (room, seqs) => history.messages(room, seqs),
  })
  const tellThread: ThreadRoutes['onStanding'] = (user, standing) =>
    bus.publish({ kind: 'thread', user, thread: { type: 'thread', ...standing } })
  const moments = new Moments(db, (room) => log.tail(room), watch)

  // People, and the rooms they are in.
  const sessions = new Sessions(db, cache, bus, { watch })
  const isShedding = (): boolean => log.pressure === 'shed' || log.pressure === 'refuse'
  const presence = new Presence(bus, randomBytes(6).toString('base64url'), (event) => {
    if (!isShedding()) void rooms.find(event.room)?.send(event)
  })
  const memberships = new Memberships({
    ...{ db, cache, append: log.append, pace: lifted },
    heads: async (ids) => log.heads(ids),
    unread: (userId, marks) => history.unread(userId, marks),
    mentions: (userId, marks) => history.mentions(userId, marks),
    isHere: (userId) => presence.isHere(userId),
    ...{ watch, onTrouble },
    onUntold: ({ room, notice }) => logger.warn({ room, notice: notice.kind }, 'a notice was not told'),
  })
  const threads = new FollowedThreads({ db, history, memberships })
  const accounts = new Accounts({
    ...{ db, cache, sessions, pace: lifted },
    passwords: new Passwords(),
    newcomers: memberships,
  })
  const bots = new Bots({ db, sessions, newcomers: memberships })
  const bell = new Bell()
  const polls = new Polls({
    ...{ bots, bell },
    feed: new Feed({ db, tail: (room) => log.tail(room), epoch: () => log.epoch }),
    seats: (botId) => memberships.roomsOf(botId),
  })
  const crowd = new Crowd({
    rooms,
    tail: (room) => log.tail(room),
    joinedRooms: (userId) => memberships.summaries(userId),
    summary: (userId, room) => memberships.summary(userId, room),
    fromOutside: (room) => memberships.fromOutside(room),
    onMoved: (userId, ids) => presence.came(userId, ids),
    onTrouble,
  })
  const unsubscribe = hearSignals(bus, { rooms, memberships, crowd, bell, log })
  const metrics = openMetrics({
    ...{ log, sockets: () => crowd.count, rooms: () => rooms.count },
    hookLag: () => deliverer.lag,
    readMarkers: memberships.markers,
    calls: () => rpc.underWay,
    botWaits: () => bell.count,
    searchLag: () => searchLag(db),
    gather: seat?.gather,
  })
  // What other processes do for this one.
  const rpc = new Rpc({ redis: config.redis, onTrouble, onEnded: metrics.call })
  const overview = new ArchiveOverview({ db, redis: near, shards: config.logShards, rpc })
  const commands = new Commands({
    rpc,
    say: (user, said) => rooms.say(user, said),
    rootOf: (bot, reply) => rootOf(replying, bot, reply),
  })

  // Webhooks: tools speak at addresses of ours, and addresses elsewhere hear what is said.
  const headOf = (room: string): number => log.tail(room)?.head(room) ?? 0
  const outgoing = new OutgoingHooks(db, config.webhookPrivate)
  const deliverer = new Deliverer({
    ...{ db, hooks: outgoing, history, headOf, mayBePrivate: config.webhookPrivate, onTrouble },
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    onTaken: () => metrics.hookTaken(),
    onFailed: () => metrics.hookFailed(),
  })

  const sends = new Pace(rates.send, lifted)
  const botSends = new Pace(rates.botSend, lifted)
  const app = await buildApp({
    ...{ config, logger, sessions, db, log, metrics },
    account: { accounts, sessions },
    rooms: { memberships },
    messages: {
      ...{ history, moments, pins, memberships, rooms, changes, sends, botSends },
      revisions: new Revisions({
        db,
        tailOf: (room) => log.tail(room),
        find: (room, seq) => history.find(room, seq),
      }),
      exported: metrics.exported,
    },
    threads: {
      ...{ history, memberships, threads, onStanding: tellThread },
      reads: new Pace(rates.read, lifted),
    },
    saved: {
      saved: new Saved({ db, history, memberships }),
      onSaved: (user, place) => bus.publish({ kind: 'saved', user, ...place }),
    },
    search: {
      ...{ db, memberships, search: new Search({ db, history, headOf }) },
      searches: new Pace(rates.search, lifted),
      onSearched: metrics.searched,
    },
    admin: { overview },
    commands: {
      ...{ commands, sends },
      isMember: (userId, room) => memberships.isMember(userId, room),
    },
    bots: { polls, paces: new Pace(rates.botPoll, lifted), epoch: () => log.epoch, counts: metrics },
    hooks: {
      ...{ memberships, history, outgoing, headOf },
      incoming: new IncomingHooks({ db, cache, rooms, pace: lifted }),
      onChanged: () => deliverer.lookNow(),
      onAnswer: (word) => metrics.hookAnswer(word),
    },
    socket: {
      ...{ rooms, changes, crowd, bus, presence },
      paces: {
        send: sends,
        botSend: botSends,
        typing: new Pace(rates.typing, lifted),
        read: new Pace(rates.read, lifted),
        resume: new Pace(rates.resume, lifted),
      },
      handshakes: new Pace(rates.handshake, lifted),
      epoch: () => log.epoch,
      isOpen: () => !isStopping && log.hasOpened,
      counts: metrics,
      isShedding,
      ackedBy: (botId) => polls.resume(botId),
      isMember: (userId, room) => memberships.isMember(userId, room),
      run: (user, command) => commands.run(user, command),
      markRead: readTo({
        ...{ markers: memberships.markers, headOf },
        unread: (userId, marks) => history.unread(userId, marks),
        mentions: (userId, marks) => history.mentions(userId, marks),
      }),
    },
    beforeClose: async () => {
      isStopping = true
      bell.close()
      await crowd.moveAway()
    },
  })

  const endParts = async (): Promise<void> => {
    unsubscribe()
    await deliverer.close()
    presence.close()
    await rpc.close()
    await memberships.close()
    rooms.close()
    await log.close()
    for (const redis of [near, ear]) redis.disconnect()
    await db.close()
  }
  const listen = (): Promise<string> => app.listen({ host: config.host, port: config.port })
  try {
    // Whether this process lives is answered while it waits for its stores.
    if (seat?.opensFirst !== true) await listen()
    await log.open()
    await insist(() => memberships.ensureDefaultRoom(), onTrouble)
    if (seat?.opensFirst === true) await listen()
  } catch (error) {
    await app.close()
    await endParts()
    throw error
  }
  if (!config.pacing) logger.warn('PACING=off: rates of sends, sign-ups, sign-ins and handshakes are lifted')
  return {
    address: addressOf(app.server.address(), config.host),
    numbers: metrics.numbers,
    close: async () => {
      await app.close()
      await endParts()
    },
  }
}

/** MySQL may go away between two questions of the start; that is no reason to end. */
async function insist<T>(
  ask: () => Promise<T>,
  onTrouble: (error: unknown, where: string) => void,
): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      onTrouble(error, 'starting')
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

function addressOf(bound: string | AddressInfo | null, host: string): string {
  const port = typeof bound === 'object' ? bound?.port : undefined
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port ?? 0}`
}
