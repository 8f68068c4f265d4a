// The door: who may upgrade, the life of a connection from welcome to leave, and the guards around its handlers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { requireSession } from '../account/identify.ts'
import { isSameOrigin } from '../account/token.ts'
import { refuse } from '../answer.ts'
import type { Pace } from '../pace.ts'
import { addressKey } from '../pace.ts'
import { closes } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { takeFrame, type CommandOptions } from './commands.ts'
import { Connection, type ConnectionCounts } from './connection.ts'
import type { Presence } from './presence.ts'

export interface SocketOptions extends CommandOptions {
  presence: Presence
  handshakes: Pace
  epoch: () => string
  /** False while this server is stopping or the log is opening for the first time. */
  isOpen: () => boolean
  counts: ConnectionCounts
}

/** The upgrade at `GET /api/ws`, inside the scope that identifies its requests. */
export function socketRoute(api: FastifyInstance, options: SocketOptions): void {
  const { crowd } = options
  const pings = setInterval(() => {
    for (const connection of crowd) connection.ping()
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
  options: SocketOptions,
): Promise<unknown> {
  if (!isSameOrigin(request)) return refuse(reply, { code: 'bad_origin' })
  if (request.session === undefined) return refuse(reply, { code: 'signed_out' })
  if (!options.isOpen()) return refuse(reply, { code: 'not_ready', retryAfterMs: 1_000 })
  const wait = options.handshakes.take(addressKey(request.ip))
  if (wait > 0) return refuse(reply, { code: 'not_ready', retryAfterMs: wait })
  replies.set(request, reply)
  return undefined
}

/** The answer that an upgrade does not need, to be taken off its socket. */
const replies = new WeakMap<FastifyRequest, FastifyReply>()

/**
 * A socket lives for days, its handshake for a moment: what hangs on the socket must not hold request and answer, 4.6 KB of heap.
 * Trap: the plugin's own error handler holds both; ours ends the socket as it would.
 */
function forgetHandshake(socket: WebSocket, request: FastifyRequest): void {
  socket.removeAllListeners('error')
  replies.get(request)?.raw.detachSocket(request.raw.socket)
}

/** Trap: handlers are attached in the same turn as the upgrade, or what comes first is lost; and one that throws would end the process. */
function live(socket: WebSocket, request: FastifyRequest, options: SocketOptions): void {
  const { id, user } = requireSession(request)
  const { log } = request
  forgetHandshake(socket, request)
  const connection = new Connection(socket, { user, session: id }, options.counts)
  const early: string[] = []
  let take = (text: string): void => {
    early.push(text)
    if (early.length > limits.frameCommands) connection.close(closes.abuse)
  }
  const guard = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      log.error({ err: error }, 'a socket handler failed')
    }
  }
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    guard(() => connection.isClosing || take(isBinary ? '' : data.toString())),
  )
  socket.on('pong', () => {
    connection.isAlive = true
  })
  socket.on('error', (error) => {
    log.debug({ err: error }, 'a socket failed')
    socket.terminate()
  })
  socket.on('close', () => guard(() => leave(connection, options)))

  welcome(connection, options)
    .then((grace) => {
      take = (text) => {
        clearTimeout(grace)
        takeFrame(connection, text, options)
        // Whatever is said first, the rooms are let through: a resume has done it with its cursors.
        if (connection.isHolding && !connection.isResuming) options.crowd.release(connection, {})
      }
      for (const text of early) guard(() => take(text))
    })
    .catch((error: unknown) => {
      log.warn({ err: error }, 'a connection could not be let in')
      connection.close(closes.moving)
    })
}

/**
 * Registers with the rooms and welcomes. A browser that says nothing is let through after a moment; one that has left
 * meanwhile is not here.
 */
async function welcome(connection: Connection, options: SocketOptions): Promise<NodeJS.Timeout | undefined> {
  const { crowd, presence, epoch } = options
  const rooms = await crowd.enter(connection)
  if (rooms === undefined) return undefined
  presence.came(connection.user.id, [...connection.rooms.keys()])
  connection.tell({ type: 'welcome', user: connection.user, rooms, epoch: epoch(), at: Date.now() })
  return setTimeout(() => crowd.release(connection, {}), limits.resumeGraceMs)
}

function leave(connection: Connection, { crowd, presence }: SocketOptions): void {
  if (crowd.leave(connection)) presence.went(connection.user.id)
}
