// Each answer over HTTP, measured and, at the level debug, logged. A route is named by its pattern: an address may hold a token.
import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** Seconds. A bot's poll may wait for half a minute, and an export for longer. */
const buckets = [0.005, 0.02, 0.1, 0.5, 2.5, 10]

export function watchAnswers(app: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram('brook_http_seconds', 'Answers over HTTP, by route and class of status', {
    buckets,
    labelNames: ['route', 'status'],
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, ip, routeOptions, session, log } = request
    const { statusCode: status, elapsedTime: ms } = reply
    // An address that no route has shares one series with all others.
    const route = routeOptions.url === undefined ? 'none' : `${method} ${routeOptions.url}`
    seconds.observe({ route, status: `${Math.floor(status / 100)}xx` }, ms / 1_000)
    log.debug({ route, status, ms: Math.round(ms), user: session?.user.id, address: ip }, 'answered')
    done()
  })
}
