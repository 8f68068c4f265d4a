// A Brook server in one process, or in several, as shipped, on the bench's stores. Rate limits are lifted, unless it is told otherwise.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { runServer } from '../../../server/main.ts'
import { Metrics } from '../../../server/metrics.ts'
import { runWorkers } from '../../../server/workers/workers.ts'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { watchHoldUps } from './hold-ups.ts'
import { obey } from './obey.ts'

interface Given {
  redis: RedisAddress
  mysql: MysqlAddress
  workers?: number
  /** With the rate limits of the product, and webhooks that may reach this machine. */
  isPaced?: boolean
}

obey(async ({ workers = 1, isPaced = false, ...stores }: Given) => {
  const config = {
    ...readConfig({ PORT: '0', PACING: isPaced ? 'on' : 'off', LOG_LEVEL: 'error', WEBHOOK_PRIVATE: 'on' }),
    ...stores,
  }
  const quiet = { say: () => undefined, metrics: new Metrics() }
  const many = workers > 1 ? await runWorkers(config, workers, quiet) : undefined
  const server = many ?? (await runServer(config))
  const answered = timeAnswers()
  const holdUps = isPaced ? watchHoldUps() : () => []
  // Its memory after a garbage collection, the times of its answers, or the long passes of its event loop.
  const run = (
    what: 'memory' | 'answers' | 'hold-ups' = 'memory',
  ): Promise<NodeJS.MemoryUsage | number[]> => {
    if (what === 'answers') return Promise.resolve(answered.splice(0))
    if (what === 'hold-ups') return Promise.resolve(holdUps())
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (let i = 0; i < 3; i += 1) collect()
    return Promise.resolve(process.memoryUsage())
  }
  const told = { port: Number(new URL(server.address).port), pids: [process.pid, ...(many?.pids() ?? [])] }
  return { run, told, close: () => server.close() }
})

/** Milliseconds from reading each request's headers to writing its answer. */
function timeAnswers(): number[] {
  const took: number[] = []
  const began = new WeakMap<IncomingMessage, number>()
  subscribe('http.server.request.start', (told) => {
    began.set((told as { request: IncomingMessage }).request, performance.now())
  })
  subscribe('http.server.response.finish', (told) => {
    const at = began.get((told as { request: IncomingMessage }).request)
    if (at !== undefined) took.push(performance.now() - at)
  })
  return took
}
