// The HTTP server, top to bottom in the order a request passes through it: the shell, the session, the features'
// routes, and last the web app for every other address.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import websocket from '@fastify/websocket'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { paceAddresses } from './address-rate.ts'
import { trusts } from './account/entry-limits.ts'
import { identify, refuseLate } from './account/identify.ts'
import type { Sessions } from './account/sessions.ts'
import { answerError } from './answer.ts'
import type { Audit } from './audit/audit.ts'
import { noteRoutes } from './audit/noting.ts'
import { compileSchemas } from './compiled-schemas.ts'
import { compressAnswers } from './compress.ts'
import type { Config } from './config.ts'
import type { Core } from './core.ts'
import type { Feature } from './feature.ts'
import { heavyAnswers, type HeavyWork } from './heavy-answers.ts'
import { watchMethods } from './methods.ts'
import type { BanList } from './moderation/ban-list.ts'
import type { Metrics } from './metrics.ts'
import { refuseForeignHosts } from './hosts.ts'
import { openApi } from './openapi.ts'
import { limits } from './protocol/limits.ts'
import { rates } from './protocol/rates.ts'
import type { RateLimiterOptions } from './rate-limiter.ts'
import { watchAnswers } from './watch-answers.ts'
import { serveWeb } from './web.ts'

export interface HttpDeps {
  config: Config
  logger: FastifyBaseLogger
  sessions: Sessions
  bans: BanList
  audit: Audit
  features: readonly Feature[]
  rateLimits: RateLimiterOptions
  metrics: Metrics
  state: Core['state']
  heavy: HeavyWork
}

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    // A film that is attached says how large it is before it is sent.
    mediaSrc: ["'self'", 'blob:'],
    styleSrc: ["'self'"],
    // Floating menus and the message list position themselves through style attributes.
    styleSrcAttr: ["'unsafe-inline'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
}

/** Of what a page may ask a browser for, Brook needs the microphone; nothing that runs in it gets the rest. */
const permissionsPolicy =
  'microphone=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()'

export async function buildHttp({
  config,
  logger,
  sessions,
  bans,
  audit,
  features,
  rateLimits,
  metrics,
  state,
  heavy,
}: HttpDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger,
    genReqId: requestIds(),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    trustProxy: config.trustProxy,
    bodyLimit: limits.bodyBytes,
    // Trap: Node's own limit of a whole request would end an upload that takes longer: see endLateBodies.
    requestTimeout: 0,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: 'idle',
    // Trap: fastify's own 503 while closing bypasses the hooks that end the socket of a refused upgrade. A browser
    // that reconnects during the drain would leave one half open, and closing would wait for it for ever.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  })
  // No cache keeps an answer, but for the files of the web app, which say so themselves.
  // Whoever reports a failure can say which request it was.
  app.addHook(
    'onRequest',
    async ({ id }, reply) => void reply.header('cache-control', 'no-store').header('x-request-id', id),
  )
  compileSchemas(app)
  app.setErrorHandler(answerError)
  const methodsOf = watchMethods(app)
  takeEmptyJson(app)
  watchAnswers(app, metrics)
  endWithAnswers(app, state)
  endLateBodies(app)
  const endConnections = endLingering(app)
  await buildShell(app, rateLimits, async () => {
    await Promise.all(features.map((feature) => feature.beforeClose?.()))
    endConnections()
  })
  // Trap: before the plugin of the sockets has its hook, a refused upgrade would keep its socket, and closing wait for it.
  refuseForeignHosts(app, config)
  for (const { publicRoutes } of features) if (publicRoutes !== undefined) await app.register(publicRoutes)
  await app.register(async (api) => {
    refuseLate(api, bans)
    await compressAnswers(api)
    const isTrusted = trusts(config.entry.trustedNets ?? '')
    identify(api, { sessions, bans }, { rateLimits, isTrusted })
    noteRoutes(api, audit)
    heavyAnswers(api, heavy)
    for (const { routes } of features) if (routes !== undefined) await api.register(routes)
  })
  await serveWeb(app, methodsOf)
  return app
}

/** Ids that no other process gives: in the log as `request`, and in the answer. What a client sends is not taken: it may be anything. */
function requestIds(): () => string {
  const ours = randomBytes(5).toString('hex')
  let requests = 0
  return () => {
    requests += 1
    return `${ours}-${requests.toString(36)}`
  }
}

/** A JSON content type with an empty body is an empty body, as many clients send it with every request. */
function takeEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null) : parse(request, body, done),
  )
}

/** `beforeClose`: browsers are told to move before the sockets close. */
async function buildShell(
  app: FastifyInstance,
  rateLimits: RateLimiterOptions,
  beforeClose: () => Promise<void>,
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  })
  // Over TLS, as whatever ends it says. Limit: the domains below this one are its owner's, who may add them at the proxy.
  app.addHook('onRequest', async ({ protocol }, reply) => {
    void reply.header('permissions-policy', permissionsPolicy)
    if (protocol === 'https') void reply.header('strict-transport-security', 'max-age=31536000')
  })
  await app.register(cookie)
  await app.register(swagger, openApi)
  await app.register(async (docs) => {
    docs.addHook('onRequest', paceAddresses(rates.docs, rateLimits))
    await compressAnswers(docs)
    await docs.register(swaggerUi, { routePrefix: '/api/docs' })
  })
  await app.register(websocket, {
    // The size of four frames: a frame that is somewhat too large gets a proper refusal, a flood is cut off.
    options: { maxPayload: 4 * limits.frameBytes, perMessageDeflate: false },
    preClose: (done) => {
      beforeClose().then(() => done(), done)
    },
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may take as long as bytes come; the route itself ends one that is silent. */
    takesTime?: true
  }
}

const bodyWithinMs = 30_000

/** Closes a connection whose request does not come to its end, such as a body that arrives byte by byte. */
function endLateBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const hasBody =
      raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined
    if (!hasBody || raw.complete || routeOptions.config.takesTime === true) return
    const late = setTimeout(() => {
      if (!raw.complete)
        raw.socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n', () =>
          raw.socket.destroy(),
        )
    }, bodyWithinMs)
    raw.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late))
  })
}

/**
 * While the server is leaving, each connection ends with its answer: a kept-alive one would keep the server from closing, and a
 * proxy that uses it a moment too late would have no answer.
 */
function endWithAnswers(app: FastifyInstance, state: Core['state']): void {
  app.addHook('onSend', async (_request, reply) => {
    if (state.isLeaving) reply.header('connection', 'close')
  })
}

/**
 * Ends what would keep the server from closing: connections that have asked nothing at once, and the others after
 * limits.drainMs. Trap: Node counts a connection without a first request as busy, and a closing server times nobody out.
 */
function endLingering(app: FastifyInstance): () => void {
  const open = new Set<Socket>()
  app.server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    const late = setTimeout(() => app.server.closeAllConnections(), limits.drainMs)
    app.server.once('close', () => clearTimeout(late))
  }
}
