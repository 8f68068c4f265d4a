// Is this process alive, is it ready, and its numbers: for probes, load balancers and Prometheus.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { isConnectionLost, type Db } from './db.ts'
import type { Log } from './log/log.ts'
import { lagSeconds, type Metrics } from './metrics.ts'

export interface HealthRoutes {
  db: Db
  log: Log
  metrics: Metrics
}

/** Above this the archive is late: said, but no reason to send people elsewhere. */
const lateAfterSeconds = 30

const Word = Type.String()
const Ready = Type.Object({
  ready: Type.Boolean(),
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

export const healthRoutes: FastifyPluginAsyncTypebox<HealthRoutes> = async (app, { db, log, metrics }) => {
  const tags = ['health']

  app.get('/healthz', { schema: { tags, summary: 'This process answers' } }, async () => ({ alive: true }))

  app.get(
    '/readyz',
    { schema: { tags, summary: 'Redis, MySQL and how late sync is', response: { 200: Ready, 503: Ready } } },
    async (_request, reply) => {
      const [mysql, archiving] = await Promise.all([mysqlState(db), log.archiving().catch(() => undefined)])
      const redis =
        archiving === undefined || !log.isReachable ? 'away' : log.state === 'open' ? 'ok' : 'opening'
      const ready = redis === 'ok' && mysql === 'ok'
      const seconds = lagSeconds(log)
      const count = (name: string): number => archiving?.report[name] ?? 0
      return reply.code(ready ? 200 : 503).send({
        ready,
        redis,
        mysql,
        backlog: log.pressure,
        sync: {
          state: seconds > lateAfterSeconds ? 'late' : 'ok',
          length: archiving?.length ?? 0,
          pending: archiving?.pending ?? 0,
          lagEntries: log.unarchived,
          lagSeconds: seconds,
          ...{ rows: count('rows'), runs: count('runs'), failures: count('failures'), dead: count('dead') },
        },
      })
    },
  )

  app.get('/metrics', { schema: { tags, summary: 'Prometheus' } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
}

async function mysqlState(db: Db): Promise<string> {
  try {
    await db.rows('SELECT 1')
    return 'ok'
  } catch (error) {
    return isConnectionLost(error) ? 'away' : 'failing'
  }
}
