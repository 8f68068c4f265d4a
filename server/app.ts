// Builds the app, top to bottom in the order data meets it: the HTTP shell, who is there, what they may do, the socket,
// and last the web app for every other address.
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import websocket from '@fastify/websocket'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { identify } from './account/identify.ts'
import { accountRoutes, type AccountRoutes } from './account/routes.ts'
import type { Sessions } from './account/sessions.ts'
import { answerError } from './answer.ts'
import { botRoutes, type BotRoutes } from './bot/routes.ts'
import { commandRoutes, type CommandRoutes } from './commands/routes.ts'
import type { Config } from './config.ts'
import { healthRoutes, type HealthRoutes } from './health.ts'
import { adminRoutes, type AdminRoutes } from './history/routes/admin-routes.ts'
import { messageRoutes, type MessageRoutes } from './history/routes/routes.ts'
import { roomRoutes, type RoomRoutes } from './membership/routes.ts'
import { incomingRoute, type IncomingRoute } from './hook/incoming-route.ts'
import { hookRoutes, type HookRoutes } from './hook/routes.ts'
import { limits } from './protocol/limits.ts'
import { savedRoutes, type SavedRoutes } from './saved/routes.ts'
import { searchRoutes, type SearchRoutes } from './search/routes.ts'
import { socketRoute, type SocketOptions } from './socket/route.ts'
import { threadRoutes, type ThreadRoutes } from './thread/routes.ts'
import { serveWeb } from './web.ts'

export interface AppParts extends HealthRoutes {
  config: Config
  logger: FastifyBaseLogger
  sessions: Sessions
  account: AccountRoutes
  rooms: RoomRoutes
  messages: MessageRoutes
  threads: ThreadRoutes
  saved: SavedRoutes
  search: SearchRoutes
  commands: CommandRoutes
  bots: BotRoutes
  hooks: HookRoutes & IncomingRoute
  admin: AdminRoutes
  socket: SocketOptions
  /** Tells browsers to move before the sockets end. */
  beforeClose: () => Promise<void>
}

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    styleSrc: ["'self'"],
    // Floating menus and the message list place themselves through style attributes.
    styleSrcAttr: ["'unsafe-inline'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
}

export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { config } = parts
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: limits.bodyBytes,
    // Trap: Node's defaults never close a dribbled body; headersTimeout must stay below requestTimeout.
    requestTimeout: 30_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: 'idle',
    // Trap: fastify's own 503 while it closes passes by the hooks that end the socket of a refused upgrade: a browser that
    // comes back during the drain would leave one half open, and the close would wait for it for ever.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  })
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setErrorHandler(answerError)
  endWithAnswers(app)
  // 1. The shell. HSTS belongs to whoever ends TLS.
  await app.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  })
  await app.register(cookie)
  await app.register(swagger, {
    openapi: { info: { title: 'Brook', description: 'A room is a log with dense numbers.', version: '1' } },
  })
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true })
  await app.register(websocket, {
    // Four frames' worth: a frame somewhat too large is refused in words, a flood is cut off.
    options: { maxPayload: 4 * limits.frameBytes, perMessageDeflate: false },
    preClose: (done) => {
      parts.beforeClose().then(() => done(), done)
    },
  })
  // 2. Is it well.
  await app.register(healthRoutes, parts)
  // 3. Tools that have a room's secret address.
  await app.register(incomingRoute, parts.hooks)
  // 4. Everything that asks who one is.
  await app.register(async (api) => {
    identify(api, parts.sessions)
    await api.register(accountRoutes, parts.account)
    await api.register(roomRoutes, parts.rooms)
    await api.register(messageRoutes, parts.messages)
    await api.register(threadRoutes, parts.threads)
    await api.register(savedRoutes, parts.saved)
    await api.register(searchRoutes, parts.search)
    await api.register(commandRoutes, parts.commands)
    await api.register(botRoutes, parts.bots)
    await api.register(hookRoutes, parts.hooks)
    await api.register(adminRoutes, parts.admin)
    await api.register(async (scope) => socketRoute(scope, parts.socket))
  })
  // 5. Every other address is the web app.
  await serveWeb(app)
  return app
}

/** While it closes, a connection ends with its answer: one that is kept alive would keep the server. */
function endWithAnswers(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}
