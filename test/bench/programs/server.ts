// A Brook server in a process of its own, or in several, as it is shipped, on the bench's stores. Paces are lifted.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { runServer } from '../../../server/main.ts'
import { runWorkers } from '../../../server/workers/workers.ts'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { obey } from './obey.ts'

interface Given {
  redis: RedisAddress
  mysql: MysqlAddress
  workers?: number
}

obey(async ({ workers = 1, ...stores }: Given) => {
  const config = { ...readConfig({ PORT: '0', PACING: 'off', LOG_LEVEL: 'error' }), ...stores }
  const many = workers > 1 ? await runWorkers(config, workers, () => undefined) : undefined
  const server = many ?? (await runServer(config))
  const answered = timeAnswers()
  // What it holds once the garbage is gone, or how long its answers took.
  const run = (what: 'memory' | 'answers' = 'memory'): Promise<NodeJS.MemoryUsage | number[]> => {
    if (what === 'answers') return Promise.resolve(answered.splice(0))
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (let i = 0; i < 3; i += 1) collect()
    return Promise.resolve(process.memoryUsage())
  }
  const told = { port: Number(new URL(server.address).port), pids: [process.pid, ...(many?.pids() ?? [])] }
  return { run, told, close: () => server.close() }
})

/** Milliseconds from the head of each request, read, to its answer, written. */
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
