// Liveness, readiness and metrics of this process: for probes, load balancers and Prometheus.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { paceAddresses } from './address-rate.ts'
import { refuse } from './answer.ts'
import type { Core } from './core.ts'
import type { Feature } from './feature.ts'
import type { Log } from './log/log.ts'
import { lagSeconds, lateAfterSeconds } from './log/pressure.ts'
import { mysqlState } from './mysql-state.ts'
import { ErrorAnswer } from './protocol/schema.ts'
import { mayReadMetrics } from './metrics-access.ts'
import { rates } from './protocol/rates.ts'

const tags = ['health']
const Word = Type.String()
const Ready = Type.Object({
  /** This server can serve. */
  ready: Type.Boolean(),
  /** What is wrong, in words for an operator. */
  reasons: Type.Array(Word),
  redis: Word,
  mysql: Word,
  backlog: Word,
  sync: Type.Object({
    state: Word,
    length: Type.Integer(),
    pending: Type.Integer(),
    lagEntries: Type.Integer(),
    lagSeconds: Type.Number(),
    rows: Type.Integer(),
    runs: Type.Integer(),
    failures: Type.Integer(),
    dead: Type.Integer(),
  }),
})

export const healthFeature = (core: Core): Feature => ({ publicRoutes: (app) => healthRoutes(app, core) })

const healthRoutes: FastifyPluginAsyncTypebox<
  Pick<Core, 'config' | 'db' | 'log' | 'metrics' | 'rateLimits' | 'state'>
> = async (app, { config, db, log, metrics, rateLimits, state }) => {
  /** What needs a store or much text, and asks nobody who it is for. */
  const onlyNowAndThen = paceAddresses(rates.probe, rateLimits)

  app.get('/healthz', { schema: { tags, security: [], summary: 'Liveness of this process' } }, async () => ({
    alive: true,
  }))

  app.get(
    '/readyz',
    {
      onRequest: onlyNowAndThen,
      schema: {
        tags,
        security: [],
        summary: 'State of Redis, MySQL and sync',
        response: { 200: Ready, 503: Ready, 429: ErrorAnswer },
      },
    },
    async (_request, reply) => {
      const [mysql, archiving] = await Promise.all([mysqlState(db), log.archiving().catch(() => undefined)])
      const redis = archiving === undefined ? 'away' : redisState(log)
      // Without MySQL people talk on, and read what is in memory; a server that hears nothing of the log can do neither.
      // Of several shards one that works is enough: a fail-over of Redis would take every server out otherwise.
      const ready = (redis === 'ok' || log.worksSomewhere) && !state.isLeaving
      const seconds = lagSeconds(log)
      const count = (name: string): number => archiving?.report[name] ?? 0
      return reply.code(ready ? 200 : 503).send({
        ready,
        reasons: [
          ...(state.isLeaving ? ['this server is stopping'] : []),
          ...(redis === 'ok' ? [] : [log.trouble ?? `Redis is ${redis}`]),
          ...(mysql.why === undefined ? [] : [mysql.why]),
        ],
        redis,
        mysql: mysql.word,
        backlog: log.pressure,
        sync: {
          state: seconds > lateAfterSeconds ? 'late' : 'ok',
          length: archiving?.length ?? 0,
          pending: archiving?.pending ?? 0,
          lagEntries: log.unarchived,
          lagSeconds: seconds,
          rows: count('rows'),
          runs: count('runs'),
          failures: count('failures'),
          dead: count('dead'),
        },
      })
    },
  )

  metricsRoute(app, { config, metrics, onlyNowAndThen })
}

function metricsRoute(
  app: FastifyInstance,
  {
    config,
    metrics,
    onlyNowAndThen,
  }: Pick<Core, 'config' | 'metrics'> & { onlyNowAndThen: onRequestAsyncHookHandler },
): void {
  app.get(
    '/metrics',
    {
      onRequest: [
        onlyNowAndThen,
        async ({ socket, headers }, reply) => {
          if (mayReadMetrics({ address: socket.remoteAddress, headers }, config.metricsToken))
            return undefined
          return refuse(reply.header('www-authenticate', 'Bearer'), { code: 'no_metrics' })
        },
      ],
      schema: {
        tags,
        security: [{}, { metrics: [] }],
        summary: 'Metrics for Prometheus: from this machine, or with METRICS_TOKEN',
        response: {
          200: { content: { 'text/plain': { schema: Word } } },
          401: ErrorAnswer,
          429: ErrorAnswer,
        },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}

/** `deaf`: Redis answers, and what is said does not come from it. `refusing`: it answers, and takes no entries. */
function redisState(log: Log): 'away' | 'opening' | 'refusing' | 'deaf' | 'ok' {
  if (!log.isReachable) return 'away'
  if (log.state !== 'open') return 'opening'
  if (log.trouble !== undefined) return 'refusing'
  return log.isDeaf ? 'deaf' : 'ok'
}
