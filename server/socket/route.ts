// The WebSocket endpoint: who may upgrade, the life of a connection from welcome to leave, and the guards around its
// handlers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { refuseOrigin, requireSession } from '../account/identify.ts'
import { isSameOrigin } from '../account/token.ts'
import { refuse } from '../answer.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { addressKey } from '../rate-limiter.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { KnownEmoji } from '../custom-emoji/known-emoji.ts'
import type { PresentNames } from '../naming/present-names.ts'
import { banned, closes } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { userOf } from '../protocol/people.ts'
import type { OwnLook } from '../protocol/profiles.ts'
import { judgeIdle, takeFrame, tellRefusal, type RequestDeps } from './requests.ts'
import { Connection, type ConnectionCounts } from './connection.ts'
import type { Presence } from './presence.ts'

export interface SocketDeps extends RequestDeps {
  presence: Presence
  bans: Pick<BanList, 'of'>
  names: Pick<PresentNames, 'of' | 'recent' | 'noteFor'>
  customEmoji: Pick<KnownEmoji, 'version'>
  /** What somebody sees of themselves. */
  ownLook: (userId: string) => OwnLook
  handshakes: RateLimiter
  /** False while this server is stopping or the log is opening for the first time. */
  isOpen: () => boolean
  counts: ConnectionCounts
  onError: (error: unknown, where: string) => void
  /** Which build of the web app is there. */
  build: () => string | undefined
}

/** The upgrade at `GET /api/ws`, inside the scope that identifies its requests. */
export function socketRoute(api: FastifyInstance, options: SocketDeps): void {
  const { connections } = options
  const pings = setInterval(() => {
    for (const connection of connections) connection.ping()
  }, limits.pingEveryMs)
  api.addHook('onClose', () => {
    clearInterval(pings)
  })
  api.get(
    '/api/ws',
    {
      websocket: true,
      preValidation: (request, reply) => mayUpgrade(request, reply, options),
      schema: { hide: true },
    },
    (socket, request) => live(socket, request, options),
  )
}

async function mayUpgrade(
  request: FastifyRequest,
  reply: FastifyReply,
  options: SocketDeps,
): Promise<unknown> {
  // A proxy has taken the upgrade out, and left the rest: whoever looks for why sockets fail sees it by this answer.
  const { upgrade, 'sec-websocket-key': key } = request.headers
  if (upgrade === undefined && key !== undefined) return refuse(reply, { code: 'not_found' })
  if (!isSameOrigin(request)) return refuseOrigin(request, reply)
  if (request.session === undefined) return refuse(reply, { code: 'signed_out' })
  if (!options.isOpen()) return refuse(reply, { code: 'not_ready', retryAfterMs: 1_000 })
  const wait = options.handshakes.take(addressKey(request.ip))
  if (wait > 0) return refuse(reply, { code: 'not_ready', retryAfterMs: wait })
  replies.set(request, reply)
  return undefined
}

/** The reply that an upgrade does not need, to be detached from its socket. */
const replies = new WeakMap<FastifyRequest, FastifyReply>()

/**
 * A socket lives for days, its handshake for a moment: the socket must not keep request and reply alive, 4.6 KB of
 * heap. Trap: the plugin's own error handler holds both; ours ends the socket in the same way.
 */
function forgetHandshake(socket: WebSocket, request: FastifyRequest): void {
  socket.removeAllListeners('error')
  replies.get(request)?.raw.detachSocket(request.raw.socket)
}

/**
 * Trap: handlers are attached in the same turn as the upgrade, or the first messages are lost; and a handler that
 * throws would end the process.
 */
function live(socket: WebSocket, request: FastifyRequest, options: SocketDeps): void {
  const { id, user } = requireSession(request)
  const { log, ip: address } = request
  const facts = { part: 'socket', user: user.id, address }
  forgetHandshake(socket, request)
  const connection = new Connection(
    socket,
    { user, session: id, address, request: request.id },
    options.counts,
  )
  const early: string[] = []
  let take = (text: string): void => {
    early.push(text)
    if (early.length > limits.frameCommands) connection.close(closes.abuse)
  }
  const guard = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      log.error({ err: error, ...facts }, 'a socket handler failed')
    }
  }
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    guard(() => connection.isClosing || take(isBinary ? '' : data.toString())),
  )
  socket.on('pong', () => {
    connection.isAlive = true
  })
  socket.on('error', (error) => {
    log.debug({ err: error, ...facts }, 'a socket failed')
    socket.terminate()
  })
  socket.on('close', () => guard(() => leave(connection, options)))
  // The ban may be younger than the handshake.
  if (turnAwayBanned(connection, options.bans)) return
  if (options.connections.of(user.id).size >= limits.socketsPerPerson) return turnAway(connection)

  welcome(connection, options)
    .then((grace) => {
      take = (text) => {
        clearTimeout(grace)
        takeFrame(connection, text, options)
        // Whatever the first request is, it releases the rooms; a resume has already done so with its cursors.
        if (connection.isHolding && !connection.isResuming) options.connections.release(connection, {})
      }
      for (const text of early) guard(() => take(text))
    })
    .catch((error: unknown) => {
      options.onError(error, 'a connection could not be let in')
      connection.close(closes.moving)
    })
}

/** Here and not in the handshake, whose refusals a browser hides. What is left behind is gone after two pings. */
function turnAway(connection: Connection): void {
  tellRefusal(connection, { code: 'too_many_sockets', retryAfterMs: 2 * limits.pingEveryMs })
  connection.close(closes.crowded)
}

/** Whoever is banned is told why, and is out; true if they are. */
export function turnAwayBanned(connection: Connection, bans: Pick<BanList, 'of'>): boolean {
  const ban = bans.of(connection)
  if (ban === undefined) return false
  tellRefusal(connection, banned(ban))
  connection.close(closes.signedOut)
  return true
}

/**
 * Registers with the rooms and sends the welcome. If the browser sends nothing, its rooms are released after a
 * moment; if it has closed meanwhile, nothing happens.
 */
async function welcome(connection: Connection, options: SocketDeps): Promise<NodeJS.Timeout | undefined> {
  const { connections, presence, log, names, customEmoji } = options
  const rooms = await connections.enter(connection)
  if (rooms === undefined) return undefined
  presence.came(connection.user.id, [...connection.rooms.keys()])
  judgeIdle(connection, options)
  const build = options.build()
  const newestOpen = connections.newestOpen.id
  const renameNote = names.noteFor(connection.user.id)
  connection.tell({
    type: 'welcome',
    user: userOf(connection.user),
    rooms,
    epoch: log.epoch,
    at: Date.now(),
    ...(newestOpen === undefined ? {} : { newestOpen }),
    ...(names.recent.length === 0 ? {} : { renamed: [...names.recent] }),
    ...(renameNote === undefined ? {} : { renameNote }),
    ...(customEmoji.version === '' ? {} : { emoji: customEmoji.version }),
    ...(build === undefined ? {} : { build }),
    me: options.ownLook(connection.user.id),
  })
  return setTimeout(() => connections.release(connection, {}), limits.resumeGraceMs)
}

function leave(connection: Connection, deps: SocketDeps): void {
  deps.watchers.forget(connection)
  if (deps.connections.leave(connection)) deps.presence.went(connection.user.id)
  else judgeIdle(connection, deps)
}
